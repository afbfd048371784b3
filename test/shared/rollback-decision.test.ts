import { describe, expect, it } from '@jest/globals';
import type { ServiceDeployment } from '../../shared/aws/ecs-deployments.ts';
import { decideRollback, type RollbackDecision, type RollbackFacts } from '../../shared/rollback-decision.ts';
import { assessment, type MetricValues, request, secondsLater, view } from '../support/builders.ts';

const deployment = (revision: number, secondsAgo: number, status = 'SUCCESSFUL'): ServiceDeployment => ({
  arn: `arn:deployment/${revision}`,
  status,
  createdAt: secondsLater(-secondsAgo),
  taskDefinition: `buywhere-api:${revision}`,
});
const yesterday = 86_400;
const facts = (part: Partial<RollbackFacts> = {}): RollbackFacts => ({
  view: view(),
  deployments: [deployment(42, 600), deployment(41, yesterday)],
  loweringAllowed: false,
  floor: 1,
  ceiling: 20,
  ...part,
});
type To = NonNullable<ReturnType<typeof request>['rollbackTo']>;
const decide = (
  to: To | undefined,
  part: Partial<RollbackFacts> = {},
  desiredCount?: number,
  values: MetricValues = {},
) =>
  decideRollback(
    request({
      machine: 'rollback',
      ...(to ? { rollbackTo: to } : {}),
      ...(desiredCount === undefined ? {} : { desiredCount }),
    }),
    assessment({ values }),
    facts(part),
  );

describe('an automatic rollback', () => {
  it.each<[string, Partial<RollbackFacts>, Partial<RollbackDecision>]>([
    [
      'a deployment of the last hour is undone',
      {},
      { action: 'previous-task-definition', to: 'buywhere-api:41' },
    ],
    [
      'one of just under an hour ago too',
      { deployments: [deployment(42, 3599), deployment(41, yesterday)] },
      { action: 'previous-task-definition' },
    ],
    [
      'an older one is not to blame',
      { deployments: [deployment(42, 3600), deployment(41, yesterday)] },
      { action: 'hold' },
    ],
    ['no deployment is known', { deployments: [] }, { action: 'hold' }],
    ['there is no earlier one', { deployments: [deployment(42, 600)] }, { action: 'hold' }],
    [
      'a deployment that still runs is stopped, however old',
      { deployments: [deployment(42, 7200, 'IN_PROGRESS'), deployment(41, yesterday)] },
      { action: 'stop-deployment', deployment: 'arn:deployment/42', to: 'buywhere-api:41' },
    ],
    [
      'only a completed one is good enough',
      { deployments: [deployment(42, 600), deployment(41, 900, 'STOPPED'), deployment(40, yesterday)] },
      { action: 'previous-task-definition', to: 'buywhere-api:40' },
    ],
    [
      'the same definition again is no way back',
      { deployments: [deployment(42, 600), deployment(42, 900), deployment(41, yesterday)] },
      { action: 'previous-task-definition', to: 'buywhere-api:41' },
    ],
    [
      'the snapshot says what ran before',
      { deployments: [deployment(42, 600)], snapshotTaskDefinition: 'buywhere-api:40' },
      { action: 'previous-task-definition', to: 'buywhere-api:40' },
    ],
    [
      'the snapshot says the same',
      { deployments: [deployment(42, 600)], snapshotTaskDefinition: 'buywhere-api:42' },
      { action: 'hold' },
    ],
  ])('%s', (_, part, expected) => {
    const decision = decide('automatic', part);

    expect(decision).toMatchObject(expected);
    expect(decision.reasons).toEqual([...request().reasons, expect.any(String)]);
    expect(decide(undefined, part)).toEqual(decision);
  });

  it('compares definitions by name, though ECS answers with their ARN', () => {
    const taskDefinition = 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/buywhere-api:42';
    expect(decide('automatic', { view: view({ taskDefinition }) })).toMatchObject({ to: 'buywhere-api:41' });
  });

  it('starts nothing more when it is repeated', () => {
    const started = [deployment(41, -1, 'IN_PROGRESS'), deployment(42, 600), deployment(41, yesterday)];
    expect(decide('automatic', { deployments: started })).toMatchObject({
      action: 'started',
      to: 'buywhere-api:41',
    });
  });
});

describe('what a person asks for', () => {
  it('the previous definition, however old the present one is', () => {
    expect(
      decide('previous-task-definition', {
        deployments: [deployment(42, yesterday), deployment(41, 2 * yesterday)],
      }),
    ).toMatchObject({
      action: 'previous-task-definition',
      to: 'buywhere-api:41',
    });
    expect(decide('previous-task-definition', { deployments: [deployment(42, yesterday)] })).toMatchObject({
      action: 'hold',
    });
  });

  it('the present definition once more', () => {
    expect(decide('redeploy')).toMatchObject({ action: 'redeploy', to: 'buywhere-api:42' });
  });

  const nine = { view: view({ desired: 9, running: 9 }) };
  it.each<[string, number, Partial<RollbackFacts>, MetricValues, Partial<RollbackDecision>]>([
    ['more tasks', 12, nine, {}, { action: 'desired-count', to: 12 }],
    ['more tasks while it burns', 12, nine, { cpuPercent: 95 }, { action: 'desired-count', to: 12 }],
    ['the same number', 9, nine, {}, { action: 'desired-count', to: 9 }],
    ['too many', 21, nine, {}, { action: 'hold' }],
    ['too few', 2, { ...nine, floor: 3, loweringAllowed: true }, {}, { action: 'hold' }],
    ['fewer, in production', 5, nine, {}, { action: 'hold' }],
    [
      'fewer, where no approval is needed',
      8,
      { ...nine, loweringAllowed: true },
      {},
      { action: 'desired-count', to: 8 },
    ],
    ['fewer, while it burns', 8, { ...nine, loweringAllowed: true }, { cpuPercent: 95 }, { action: 'hold' }],
  ])('%s: %i', (_, count, part, values, expected) => {
    expect(decide('desired-count', part, count, values)).toMatchObject(expected);
  });
});
