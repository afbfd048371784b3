import type { Operations } from './input.ts';

/** What Lambda allows an account that has asked for nothing. Source: AWS Lambda developer guide, Lambda quotas. */
const accountLimit = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 980 };

/** The one operation of Lambda's API that the product calls; functions themselves are the engine's. */
export const lambdaOperations: Operations = {
  GetAccountSettings: () => ({ AccountLimit: accountLimit, AccountUsage: { FunctionCount: 21 } }),
};
