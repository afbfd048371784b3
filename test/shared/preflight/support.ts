import type { PreflightAsk } from '../../../shared/document/preflight.ts';
import type { Basics } from '../../../shared/lambda/context.ts';
import { quietLog } from '../../functions/harness.ts';
import { arn, now, production, serviceName } from '../../support/builders.ts';

/** What a function is asked for after a deployment. */
export const ask: PreflightAsk = {
  services: [serviceName],
  execution: arn('emergency-scaling-production-preflight', 'run-1'),
  once: true,
  writes: true,
  testMail: false,
  testNotice: false,
  testRun: false,
};

/** What every function has: nothing is late, and nobody reads the log. */
export const basics = {
  config: production,
  log: quietLog,
  now: () => new Date(now),
  after: () => ({ passed: new Promise<void>(() => {}), cancel: () => {} }),
} satisfies Partial<Basics>;
