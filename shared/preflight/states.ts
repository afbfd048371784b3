import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { isRunning } from '../aws/step-functions.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import type { machines } from '../document/request.ts';
import { notTried, type Trial, unlessMissing } from './trials.ts';

/** The name of an execution that no machine has. */
const noExecution = 'preflight-no-such-run';

/**
 * Asks for an execution that does not exist, of each of these machines.
 * @param execution ARN of the preflight's own execution: the other machines are named after the same stage
 */
export const executionTrials = (
  states: SFNClient,
  { execution }: Pick<PreflightAsk, 'execution'>,
  of: readonly (typeof machines)[number][],
): Trial[] =>
  of.map((machine) => ({
    check: 'states:DescribeExecution',
    on: machine,
    async try() {
      await isRunning(states, executionOf(execution, machine));
      return undefined;
    },
  }));

/** `…:execution:emergency-scaling-production-preflight:NAME` → the same of `-scale-in`; emergency-scaling has no ending. */
function executionOf(own: string, machine: (typeof machines)[number]): string {
  const parts = own.split(':').slice(0, -1);
  const name = parts.pop() ?? '';
  const stage = name.replace(/-?preflight$/, '');
  const other = stage === '' ? machine : machine === 'emergency-scaling' ? stage : `${stage}-${machine}`;
  return [...parts, other, noExecution].join(':');
}

/** What Step Functions says of a token that it has not issued, once it knows that its caller may answer. */
const unknownToken = ['InvalidToken', 'TaskDoesNotExist', 'TaskTimedOut'];

/** Answers a task that does not exist. */
export function tokenTrials(states: SFNClient): Trial[] {
  const taskToken = 'emergency-scaling-preflight';
  return [
    {
      check: 'states:SendTaskSuccess',
      try: () =>
        unlessMissing(states.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })), ...unknownToken),
    },
    {
      check: 'states:SendTaskFailure',
      try: () => unlessMissing(states.send(new SendTaskFailureCommand({ taskToken })), ...unknownToken),
    },
  ];
}

/** Answers the preflight's own token: its round trip is over when the state machine goes on. */
export const roundTrip = (states: SFNClient, taskToken: string): Trial => ({
  check: 'token',
  async try() {
    await states.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ answered: true }) }));
    return undefined;
  },
});

/** Starts a dry run on request: it changes nothing, but where it fails it tells people as every run does. */
export function startTrial(
  states: SFNClient,
  stateMachineArn: string,
  { testRun, execution, services: [service] }: PreflightAsk,
  environment: string,
): Trial {
  if (!testRun || service === undefined) return notTried('states:StartExecution', 'not-asked');
  const input = { environment, service, dryRun: true, requestedBy: 'preflight' };
  return {
    check: 'states:StartExecution',
    async try() {
      // Named after this execution: a second attempt starts no second run.
      const name = `preflight-${execution.split(':').at(-1)}`.slice(0, 80);
      await states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      return undefined;
    },
  };
}
