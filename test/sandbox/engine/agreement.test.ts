import { describe, expect, it } from '@jest/globals';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { parseDefinitions } from '../../../sandbox/engine/definition/definitions.ts';
import { cases, input, playing, text } from './agreement-cases.ts';
import { withEngine } from './harness.ts';

/** An independent interpreter of the States Language runs the same definition with the same functions. */
describe.each(cases)('%s', (_name, steps) => {
  it('visits the same states and comes to the same output', async () => {
    await withEngine({ 'm.yml': text }, { assess: playing(steps) }, async ({ engine, finish }) => {
      const ours = await finish(engine.startExecution({ machine: 'm', input }));
      const definition: StateMachineDefinition = JSON.parse(
        JSON.stringify(parseDefinitions({ 'm.yml': text }).find('m')?.definition),
      );
      const assess = playing(steps);
      const theirs = new StateMachine(definition).run(input, {
        overrides: {
          taskResourceLocalHandlers: { Assess: async () => JSON.parse(JSON.stringify(await assess())) },
          waitTimeOverrides: { 'Cool down': 0 },
          retryIntervalOverrides: { Assess: 0 },
        },
      });
      const visited: string[] = [];
      for await (const event of theirs.eventLogs) {
        if (event.type === 'StateEntered') visited.push(event.state.name);
      }
      const entered = ours.history.flatMap(
        ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [],
      );
      expect(entered).toEqual(visited);
      expect(withoutCause(ours.output)).toEqual(withoutCause(await theirs.result));
    });
  });
});

/** The cause of a Lambda error is JSON text on AWS and here, the bare message there. */
function withoutCause(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output, (key, value) => (key === 'Cause' ? undefined : value)));
}
