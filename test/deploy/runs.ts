import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { stateMachineArn } from '../../sandbox/engine/basics/arn.ts';
import { successors } from '../../sandbox/engine/definition/asl-graph.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { defaultPlace } from '../../sandbox/place.ts';
import { statesOf } from '../aws/deployed/executions.ts';
import { stage } from './stage.ts';

/** The deployed name of a machine: emergency-scaling has the stack's own. */
export const machineName = (machine: string): string =>
  machine === 'emergency-scaling' ? `emergency-scaling-${stage}` : `emergency-scaling-${stage}-${machine}`;

const machineArn = (machine: string): string => stateMachineArn(defaultPlace, machineName(machine));

/** An execution, as far as the plays look at it. */
export interface Run {
  arn: string;
  status: string;
  input: { service?: string; detail?: { alarmName?: string } } & Record<string, unknown>;
  output: Record<string, unknown> | undefined;
  error: string | undefined;
}

/** Every execution of a machine, the oldest first. */
export async function runsOf(states: SFNClient, machine: string): Promise<Run[]> {
  const { executions = [] } = await states.send(
    new ListExecutionsCommand({ stateMachineArn: machineArn(machine), maxResults: 1000 }),
  );
  const oldestFirst = executions.toSorted((a, b) => Number(a.startDate) - Number(b.startDate));
  return Promise.all(oldestFirst.map(({ executionArn = '' }) => runOf(states, executionArn)));
}

async function runOf(states: SFNClient, executionArn: string): Promise<Run> {
  const {
    status = '',
    input,
    output,
    error,
  } = await states.send(new DescribeExecutionCommand({ executionArn }));
  return {
    arn: executionArn,
    status,
    input: JSON.parse(input ?? '{}'),
    output: status === 'SUCCEEDED' ? JSON.parse(output ?? '{}') : undefined,
    error,
  };
}

/** What an execution did that its definition in statemachines/ does not allow; also tells how many states it entered. */
export async function faultsOfWays(states: SFNClient): Promise<{ entered: number; faults: string[] }> {
  const { machines } = loadDefinitions(statemachinesFolder);
  const faults: string[] = [];
  let entered = 0;
  for (const { name, definition } of machines.values())
    for (const run of await runsOf(states, name)) {
      const way = await statesOf(states, run.arn);
      entered += way.length;
      const fault = (text: string) => faults.push(`${run.arn}: ${text}`);
      if (way[0] !== definition.StartAt) fault(`began with ${way[0]}`);
      for (const [index, from] of way.entries()) {
        const state = definition.States[from];
        const to = way[index + 1];
        if (!state) fault(`${from} is no state`);
        else if (to !== undefined && !successors(state).includes(to)) fault(`${from} does not lead to ${to}`);
        else if (to === undefined && run.status !== 'RUNNING' && run.status !== 'ABORTED' && leadsOn(state))
          fault(`ended at ${from}`);
      }
    }
  return { entered, faults };
}

const leadsOn = (state: Parameters<typeof successors>[0]): boolean =>
  'Next' in state || state.Type === 'Choice';
