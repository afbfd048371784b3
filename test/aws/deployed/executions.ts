import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { stateMachineArn } from '../../../sandbox/engine/basics/arn.ts';
import { defaultPlace } from '../../../sandbox/place.ts';

/** How an execution ended, with what moto's Step Functions says of a failure. */
export interface Ended {
  status: string;
  output?: unknown;
  failure?: unknown;
}

const lookMilliseconds = 500;
const looks = 480;

/** Starts an execution of a machine; its ARN. */
export async function startExecution(states: SFNClient, machine: string, input: unknown): Promise<string> {
  const { executionArn = '' } = await states.send(
    new StartExecutionCommand({
      stateMachineArn: stateMachineArn(defaultPlace, machine),
      input: JSON.stringify(input),
    }),
  );
  return executionArn;
}

/** Waits until an execution has ended; `meanwhile` is done at every look. @throws Error after some minutes */
export async function executionEnded(
  states: SFNClient,
  executionArn: string,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Ended> {
  for (let look = 0; look < looks; look += 1) {
    const { status = '', output } = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'SUCCEEDED') return { status, output: JSON.parse(output ?? 'null') };
    if (status !== 'RUNNING') return { status, failure: await lastEvents(states, executionArn) };
    await meanwhile();
    await new Promise((resolve) => void setTimeout(resolve, lookMilliseconds));
  }
  throw new Error(`${executionArn} has not ended: ${JSON.stringify(await lastEvents(states, executionArn))}`);
}

async function lastEvents(states: SFNClient, executionArn: string) {
  const { events } = await states.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 3 }),
  );
  return events;
}

/** States of an execution in order, as moto's Step Functions entered them. */
export async function statesOf(states: SFNClient, executionArn: string): Promise<string[]> {
  const entered: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await states.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, ...(nextToken ? { nextToken } : {}) }),
    );
    entered.push(...(page.events ?? []).flatMap((event) => event.stateEnteredEventDetails?.name ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return entered;
}
