import type { Area } from './mutant.ts';

/** Mutants that change nothing anybody could see, each with why. A measurement refuses a key that names no mutant. */
export const equivalents: Record<Area, Record<string, string>> = {
  template: {},
  roles: {
    'deploying-role: ComputePolicy.Properties.PolicyDocument.Statement.0.Action.1 lambda:GetFunction removed':
      'the statement of the commands allows it too, whoever calls',
    'deploying-role: ComputePolicy.Properties.PolicyDocument.Statement.0.Action.14 lambda:ListVersionsByFunction removed':
      'the statement of the commands allows it too, whoever calls',
  },
  machines: {},
  functions: {},
};
