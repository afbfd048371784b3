import type { Integration, Resource } from '../basics/arn.ts';
import type { TimeLimits } from '../basics/deadline.ts';
import type { StateFailure } from '../basics/failure.ts';
import { errorDetails, untruncated } from '../history/history.ts';
import type { Flow } from './flow.ts';

/** The history events of one attempt of a task. Inputs and outputs are JSON text. */
export interface TaskEvents {
  scheduled(parameters: string, limits: TimeLimits): void;
  /** The callback task or the nested execution is under way. */
  submitted(output: string): void;
  succeeded(output: string): void;
  failed(failure: StateFailure): void;
  timedOut(failure: StateFailure): void;
}

/** A bare Lambda ARN writes `LambdaFunction*` events, a service integration `Task*` events. */
export function taskEvents(flow: Flow, resource: Resource): TaskEvents {
  return resource.kind === 'function'
    ? functionEvents(flow, resource.arn)
    : serviceEvents(flow, resource.integration);
}

function functionEvents(flow: Flow, resource: string): TaskEvents {
  return {
    scheduled: (input, { timeout }) => {
      flow.record('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: {
          input,
          inputDetails: untruncated,
          resource,
          ...(timeout !== undefined && { timeoutInSeconds: timeout }),
        },
      });
      flow.record('LambdaFunctionStarted');
    },
    submitted: () => {},
    succeeded: (output) =>
      flow.record('LambdaFunctionSucceeded', {
        lambdaFunctionSucceededEventDetails: { output, outputDetails: untruncated },
      }),
    failed: ({ error, reason }) =>
      flow.record('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: errorDetails(error, reason) }),
    timedOut: ({ error, reason }) =>
      flow.record('LambdaFunctionTimedOut', {
        lambdaFunctionTimedOutEventDetails: errorDetails(error, reason),
      }),
  };
}

function serviceEvents(flow: Flow, integration: Integration): TaskEvents {
  const [resourceType = '', ...resource] = integration.split(':');
  const task = { resourceType, resource: resource.join(':') };
  return {
    scheduled: (parameters, { timeout, heartbeat }) => {
      flow.record('TaskScheduled', {
        taskScheduledEventDetails: {
          ...task,
          region: flow.run.services.place.region,
          parameters,
          ...(timeout !== undefined && { timeoutInSeconds: timeout }),
          ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
        },
      });
      flow.record('TaskStarted', { taskStartedEventDetails: task });
    },
    submitted: (output) =>
      flow.record('TaskSubmitted', {
        taskSubmittedEventDetails: { ...task, output, outputDetails: untruncated },
      }),
    succeeded: (output) =>
      flow.record('TaskSucceeded', {
        taskSucceededEventDetails: { ...task, output, outputDetails: untruncated },
      }),
    failed: ({ error, reason }) =>
      flow.record('TaskFailed', { taskFailedEventDetails: { ...task, ...errorDetails(error, reason) } }),
    timedOut: ({ error, reason }) =>
      flow.record('TaskTimedOut', { taskTimedOutEventDetails: { ...task, ...errorDetails(error, reason) } }),
  };
}
