import { errorNamed } from './harness.ts';

/** A definition that every interpreter of the States Language has to run alike, with the same functions. */
export const text = `
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

export const input = { service: 'api', cooldown: 60, round: 0 };

/** What the function does when it is called: its result, or its error. */
type Step = { level: string } | Error;

/** A function that takes one step after the other. */
export function playing(steps: Step[]): () => Promise<unknown> {
  const rest = [...steps];
  return async () => {
    const step = rest.shift();
    if (step instanceof Error) throw step;
    return step;
  };
}

/** What happens, and what the function does at each of its calls. */
export const cases: [string, Step[]][] = [
  ['calm in the third round', [{ level: 'warning' }, { level: 'ok' }, { level: 'ok' }]],
  [
    'throttled on the way',
    [errorNamed('ThrottlingException'), { level: 'ok' }, { level: 'ok' }, { level: 'ok' }],
  ],
  ['a failure that is caught', [{ level: 'ok' }, errorNamed('HoldError', 'held')]],
  ['throttled until no retry is left', Array<Step>(3).fill(errorNamed('ThrottlingException'))],
];
