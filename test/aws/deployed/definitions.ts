import { statemachinesFolder } from '../../../sandbox/config-files.ts';
import { functionArn } from '../../../sandbox/engine/basics/arn.ts';
import { loadDefinitions } from '../../../sandbox/engine/definition/definitions.ts';
import { defaultPlace } from '../../../sandbox/place.ts';

/** Functions of the test that start an execution where moto's own integration cannot. */
export const startFunctions = { start: 'start-execution', startAndWait: 'start-execution-and-wait' } as const;

/**
 * The state machines as they are deployed, but for two things. A Wait takes one second: the functions' clock moves on
 * by itself. And moto's integration of nested executions sends its parameters in capital letters, which no API takes,
 * so that a function of the test starts them.
 */
function forMoto(_key: string, value: { Type?: string; Resource?: string; Next?: string } | null): unknown {
  if (value?.Type === 'Wait') return { Type: 'Wait', Seconds: 1, Next: value.Next };
  if (!value?.Resource?.startsWith('arn:aws:states:::states:startExecution')) return value;
  const name = value.Resource.endsWith('.sync:2') ? startFunctions.startAndWait : startFunctions.start;
  return { ...value, Resource: functionArn(defaultPlace, name) };
}

/** Name and definition of every machine. */
export function definitionsForMoto(): [string, string][] {
  const { machines } = loadDefinitions(statemachinesFolder);
  return [...machines.values()].map(({ name, definition }) => [name, JSON.stringify(definition, forMoto)]);
}
