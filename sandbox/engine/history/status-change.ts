import type { Place } from '../../place.ts';
import { uuid } from '../basics/random.ts';
import type { Execution, ExecutionStatus } from './execution.ts';

/**
 * The document that EventBridge delivers when an execution starts or ends.
 * Source: Step Functions developer guide, "Automating Step Functions event delivery with EventBridge".
 */
export interface StatusChange {
  version: '0';
  id: string;
  'detail-type': 'Step Functions Execution Status Change';
  source: 'aws.states';
  account: string;
  /** ISO 8601, whole seconds. */
  time: string;
  region: string;
  resources: [string];
  detail: {
    executionArn: string;
    stateMachineArn: string;
    name: string;
    status: ExecutionStatus;
    /** Milliseconds since the epoch; null while it runs. */
    startDate: number;
    stopDate: number | null;
    /** JSON text. */
    input: string;
    output: string | null;
    inputDetails: { included: true };
    outputDetails: { included: true } | null;
    error: string | null;
    cause: string | null;
  };
}

export function statusChange(
  execution: Execution,
  place: Place,
  now: number,
  random: () => number,
): StatusChange {
  const succeeded = execution.output !== undefined;
  return {
    version: '0',
    id: uuid(random),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: place.account,
    time: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.stateMachineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startDate,
      stopDate: execution.stopDate ?? null,
      input: JSON.stringify(execution.input),
      output: succeeded ? JSON.stringify(execution.output) : null,
      inputDetails: { included: true },
      outputDetails: succeeded ? { included: true } : null,
      error: execution.error ?? null,
      cause: execution.cause ?? null,
    },
  };
}
