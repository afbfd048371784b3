import type { PreflightAsk } from '../../../shared/document/preflight.ts';
import { arn, serviceName } from '../../support/builders.ts';

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
