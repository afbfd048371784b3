import { describe, expect, it } from '@jest/globals';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { parseDefinitions } from '../../../local/engine/definitions.ts';
import { errorNamed, withEngine } from './harness.ts';

/** An independent interpreter of the States Language runs the same definition with the same functions. */
const text = `
definition:
  StartAt: Assess
  States:
    Assess:
      Type: Task
      Resource: !GetAtt assess.Arn
      TimeoutSeconds: 30
      Parameters: { service.$: $.service, round.$: $.round, name.$: "States.Format('{}!', $.service)" }
      ResultSelector: { level.$: $.level }
      ResultPath: $.assessment
      Retry: [{ ErrorEquals: [ThrottlingException], IntervalSeconds: 2, MaxAttempts: 2 }]
      Catch: [{ ErrorEquals: [States.TaskFailed], ResultPath: $.error, Next: Held }]
      Next: Calm?
    Calm?:
      Type: Choice
      Choices:
        - And: [{ Variable: $.assessment.level, StringEquals: ok }, { Variable: $.round, NumericGreaterThanEquals: 2 }]
          Next: Calm
      Default: Cool down
    Cool down: { Type: Wait, SecondsPath: $.cooldown, Next: Count }
    Count:
      Type: Pass
      Parameters: { service.$: $.service, cooldown.$: $.cooldown, 'round.$': 'States.MathAdd($.round, 1)' }
      Next: Assess
    Calm: { Type: Succeed, OutputPath: $.assessment }
    Held: { Type: Succeed }
`;

type Step = { level: string } | Error;

function playing(steps: Step[]): () => Promise<unknown> {
  const rest = [...steps];
  return async () => {
    const step = rest.shift();
    if (step instanceof Error) throw step;
    return step;
  };
}

describe.each<[string, Step[]]>([
  ['calm in the third round', [{ level: 'warning' }, { level: 'ok' }, { level: 'ok' }]],
  [
    'throttled on the way',
    [errorNamed('ThrottlingException'), { level: 'ok' }, { level: 'ok' }, { level: 'ok' }],
  ],
  ['a failure that is caught', [{ level: 'ok' }, errorNamed('HoldError', 'held')]],
  ['throttled until no retry is left', Array<Step>(3).fill(errorNamed('ThrottlingException'))],
])('%s', (_name, steps) => {
  it('visits the same states and comes to the same output', async () => {
    const input = { service: 'api', cooldown: 60, round: 0 };
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
