import * as v from 'valibot';
import { accountOf } from '../config/elsewhere.ts';
import { serviceConfig } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { InvalidInputError } from '../core/errors.ts';
import { strict } from '../core/schema.ts';
import type { PreflightAsk } from '../document/preflight.ts';

/** What a person, or the rule, starts a preflight with. */
export const PreflightStart = strict({
  environment: v.string(),
  /** One of several; without it all are tried. */
  service: v.optional(v.string()),
  requestedBy: v.optional(v.string()),
  testMail: v.optional(v.boolean(), false),
  testNotice: v.optional(v.boolean(), false),
  testRun: v.optional(v.boolean(), false),
  /** Step Functions' own link from a nested execution to its parent; the console adds it. */
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: v.optional(v.string()),
});
export type PreflightStart = v.InferOutput<typeof PreflightStart>;

/** So many services are tried by one call of each function, within the time that it has. */
const batchSize = 10;

/** Shares of services that are in one account and Region: a function's clients are those of one place. */
function sharesOf(names: readonly string[], config: Config): string[][] {
  const places = Map.groupBy(names, (name) => accountOf(name, config)?.name);
  return [...places.values()].flatMap((there) =>
    Array.from({ length: Math.ceil(there.length / batchSize) }, (_, index) =>
      there.slice(index * batchSize, (index + 1) * batchSize),
    ),
  );
}

/**
 * What each function is asked for, in shares of so many services. Pure.
 * @param mayMail whether this deployment has sent no test mail yet; absent where nobody knows, or asked
 * @throws InvalidInputError for another environment, or a service that is not configured
 */
export function asksOf(
  start: PreflightStart,
  config: Config,
  { execution, mayMail }: { execution: string; mayMail?: boolean },
): PreflightAsk[] {
  if (start.environment !== config.environment)
    throw new InvalidInputError(
      `environment: "${start.environment}" is not handled here; allowed: ${config.environment}`,
    );
  if (start.service !== undefined) serviceConfig(config, start.service);
  const names = start.service === undefined ? Object.keys(config.services) : [start.service];
  const shares = sharesOf(names, config);
  return shares.map((services, index) => ({
    services,
    execution,
    once: index === 0,
    writes: true,
    ...(shares.length > 1 ? { short: true as const } : {}),
    testMail: index === 0 && start.testMail && mayMail === true,
    ...(start.testMail && mayMail === false ? { mailedBefore: true as const } : {}),
    testNotice: index === 0 && start.testNotice,
    testRun: index === 0 && start.testRun,
  }));
}
