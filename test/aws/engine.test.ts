import { CreateStateMachineCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { cases, input, playing, text } from '../sandbox/engine/agreement-cases.ts';
import { withEngine } from '../sandbox/engine/harness.ts';
import { type Clients, clientsOf } from './clients.ts';
import { executionEnded, startExecution } from './deployed/executions.ts';
import { type Gateway, startGateway } from './deployed/gateway.ts';
import { type Moto, startMoto } from './moto.ts';

jest.setTimeout(60_000);

let gateway: Gateway;
let moto: Moto;
let clients: Clients;
beforeAll(async () => {
  gateway = await startGateway();
  moto = await startMoto({ MOTO_PORT: String(gateway.port) });
  await moto.configure({ stepfunctions: { execute_state_machine: true } });
  clients = clientsOf(gateway.url);
});
afterAll(async () => {
  clients?.destroy();
  await moto?.stop();
  await gateway?.close();
});

const definition = parseDefinitions({ 'm.yml': text }).find('m')?.definition;
/** Real time has no jumps: a wait takes no time here, a retry a second. */
const atOnce = JSON.stringify(definition, (_, value) => {
  if (value?.Type === 'Wait') return { Type: 'Wait', Seconds: 0, Next: value.Next };
  return value?.IntervalSeconds ? { ...value, IntervalSeconds: 1 } : value;
});

interface Event {
  type?: string | undefined;
  previousEventId?: number | undefined;
  stateEnteredEventDetails?: { name?: string | undefined } | undefined;
  stateExitedEventDetails?: { name?: string | undefined } | undefined;
}

/** What a history says of the way that an execution took: its events, what each followed, and the states. */
const wayOf = (events: readonly Event[]) =>
  events.map((event) => ({
    type: event.type,
    after: event.previousEventId,
    state: (event.stateEnteredEventDetails ?? event.stateExitedEventDetails)?.name,
  }));

/** The wording of a cause is each interpreter's own. */
const withoutCause = (output: unknown): unknown =>
  JSON.parse(JSON.stringify(output), (key, value) => (key === 'Cause' ? undefined : value));

describe.each(cases.map(([name, steps], index) => [name, steps, `case-${index}`] as const))(
  '%s',
  (_name, steps, machine) => {
    it('moto’s Step Functions writes the same history and comes to the same output', async () => {
      let ours: { way: unknown; output: unknown } | undefined;
      await withEngine({ 'm.yml': text }, { assess: playing(steps) }, async ({ engine, finish }) => {
        const { history, output } = await finish(engine.startExecution({ machine: 'm', input }));
        ours = { way: wayOf(history), output: withoutCause(output) };
      });

      gateway.connect({ motoUrl: moto.url, handlers: new Map([['assess', playing(steps)]]) });
      const roleArn = 'arn:aws:iam::123456789012:role/states';
      await clients.states.send(
        new CreateStateMachineCommand({ name: machine, definition: atOnce, roleArn }),
      );
      const executionArn = await startExecution(clients.states, machine, input);
      const ended = await executionEnded(clients.states, executionArn);
      const { events = [] } = await clients.states.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      expect({ way: wayOf(events), output: withoutCause(ended.output) }).toEqual(ours);
    });
  },
);
