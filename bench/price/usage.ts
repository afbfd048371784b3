import { z } from 'zod';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** What one incident uses of each service that is paid by use. */
export interface Usage {
  transitions: number;
  invocations: number;
  metricsRequested: number;
  published: number;
  mails: number;
  /** All calls of AWS APIs, most of which cost nothing. */
  apiCalls: number;
}

const MetricData = z.object({
  MetricDataQueries: z.array(z.object({ MetricStat: z.unknown().optional() })),
});

/** Counts what the sandbox has recorded of the functions' calls; what its people and its own autoscaling did is left out. */
export function usageOf({ engine, aws }: Sandbox): Usage {
  const events = engine.executions.flatMap(({ history }) => history);
  const calls = aws.calls.filter(({ caller }) => caller !== 'person');
  const called = (operation: string) => calls.filter((call) => call.operation === operation);
  return {
    transitions: engine.executions.reduce((sum, { stateTransitions }) => sum + stateTransitions, 0),
    invocations: events.filter(
      ({ type, taskScheduledEventDetails: task }) =>
        type === 'LambdaFunctionScheduled' || (type === 'TaskScheduled' && task?.resourceType === 'lambda'),
    ).length,
    metricsRequested: called('GetMetricData')
      .flatMap(({ input }) => MetricData.parse(input).MetricDataQueries)
      .filter(({ MetricStat }) => MetricStat !== undefined).length,
    published: called('Publish').length,
    mails: called('SendEmail').length,
    apiCalls: calls.length,
  };
}
