import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { because } from '../../../shared/format/reasons.ts';
import { decideRollback, type RollbackFacts } from '../../../shared/plan/rollback.ts';
import type { RollbackDecision } from '../../../shared/plan/rollback-decision.ts';
import { assessment, type MetricValues, request, secondsLater, view } from '../../support/builders.ts';
import { decide, deployment, facts, type To, yesterday } from '../../support/rollbacks.ts';

/** What the request says, in front of every automatic decision. */
const [asked] = request().reasons;

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
    expect(decision.reasons).toEqual([asked, expect.objectContaining({ code: expect.any(String) })]);
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

  it('waits for a rollback that is under way already', () => {
    const stopped = [deployment(42, 60, 'ROLLBACK_IN_PROGRESS'), deployment(41, yesterday)];
    expect(
      decide('automatic', { deployments: stopped, view: view({ taskDefinition: 'buywhere-api:41' }) }),
    ).toMatchObject({
      action: 'started',
      to: 'buywhere-api:41',
    });
  });
});

describe('a deployment that is newer than the rollback', () => {
  const newer = (revision: number) => ({
    deployments: [deployment(revision, -1, 'IN_PROGRESS'), deployment(42, 600), deployment(41, yesterday)],
    view: view({ taskDefinition: `buywhere-api:${revision}` }),
  });

  it.each<[To, number, RollbackDecision['action']]>([
    ['automatic', 41, 'started'],
    ['automatic', 43, 'hold'],
    ['previous-task-definition', 41, 'started'],
    ['previous-task-definition', 43, 'hold'],
    ['redeploy', 42, 'started'],
    ['redeploy', 43, 'hold'],
  ])('%s, and revision %i is being deployed: %s', (to, revision, action) => {
    expect(decide(to, newer(revision))).toMatchObject({ action });
  });

  it('is somebody else’s and stays, and people read so', () => {
    expect(decide('automatic', newer(43)).reasons.at(-1)).toEqual(
      because('deployed-meanwhile', { taskDefinition: 'buywhere-api:43' }),
    );
  });

  it('is somebody else’s where its definition is not known', () => {
    const nameless = { ...deployment(43, -1), taskDefinition: undefined };
    expect(decide('automatic', { deployments: [nameless, deployment(42, 600)] }).reasons.at(-1)).toEqual(
      because('deployed-meanwhile', { taskDefinition: undefined }),
    );
  });

  it('is somebody else’s where nothing is known from before', () => {
    const only = { deployments: [deployment(43, -1)], view: view({ taskDefinition: 'buywhere-api:43' }) };
    expect(decide('previous-task-definition', only).action).toBe('hold');
    expect(decide('redeploy', only).action).toBe('started');
  });

  it('says nothing about a count', () => {
    expect(decide('desired-count', newer(43), 5)).toMatchObject({ action: 'desired-count', to: 5 });
  });
});

describe('a last deployment that was itself the way back', () => {
  const old = view({ taskDefinition: 'task-definition/buywhere-api:41' });

  it.each<[string, Partial<RollbackFacts>, Reason]>([
    [
      'as ECS says',
      { deployments: [deployment(42, 600, 'ROLLBACK_SUCCESSFUL'), deployment(41, yesterday)], view: old },
      because('ecs-rolled-back', { to: old.taskDefinition }),
    ],
    [
      'as it was stopped',
      { deployments: [deployment(42, 600, 'STOPPED'), deployment(41, yesterday)], view: old },
      because('ecs-rolled-back', { to: old.taskDefinition }),
    ],
    [
      'as its definition ran before the one it replaced',
      { deployments: [deployment(41, 600), deployment(42, 900), deployment(41, yesterday)], view: old },
      because('was-way-back', { to: 'buywhere-api:41' }),
    ],
    [
      'as it did, with another in between',
      {
        deployments: [41, 42, 43, 41].map((revision, at) => deployment(revision, 600 * (at + 1))),
        view: old,
      },
      because('was-way-back', { to: 'buywhere-api:41' }),
    ],
  ])('is not undone: %s', (_, part, reason) => {
    expect(decide('automatic', part)).toEqual({ action: 'hold', reasons: [asked, reason] });
  });

  it('is no reason any more after an hour', () => {
    const long = [deployment(41, 3600), deployment(42, 7200), deployment(41, yesterday)];
    expect(decide('automatic', { deployments: long, view: old }).reasons).toEqual([
      asked,
      because('no-deployment-to-blame'),
    ]);
  });

  it('is told from one that only repeats the present definition', () => {
    const repeated = [deployment(42, 600), deployment(42, 900), deployment(42, yesterday)];
    expect(decide('automatic', { deployments: repeated }).reasons.at(-1)).toEqual(
      because('no-deployment-to-blame'),
    );
    const released = [deployment(42, 600), deployment(42, 900), deployment(41, yesterday)];
    expect(decide('automatic', { deployments: released }).action).toBe('previous-task-definition');
    const older = [deployment(42, 600), deployment(42, 3600), deployment(41, yesterday)];
    expect(decide('automatic', { deployments: older }).action).toBe('hold');
  });
});

describe('what a run asks for', () => {
  const asks = (reasons: Reason[], cause: Partial<Cause> = {}) =>
    decideRollback(
      request({ machine: 'rollback', startedBy: 'arn:run', reasons }),
      assessment({
        values: { errorRatePercent: 20 },
        cause: { name: 'unclear', confidence: 'low', evidence: [], against: [], ...cause },
      }),
      facts(),
    );

  it('needs evidence: that scaling out did not help is none', () => {
    const late = because('not-reached', { seconds: 600 });
    const { action, reasons } = asks([late]);
    expect([action, reasons]).toEqual(['hold', [late, because('no-evidence-against-deployment', {})]]);
    expect(asks([late], { name: 'deployment' }).action).toBe('hold');
  });

  it.each<[string, Reason[], Partial<Cause>]>([
    ['seen when it was planned', [because('deployment-to-blame')], {}],
    [
      'that is one reason of several',
      [because('not-reached', { seconds: 600 }), because('deployment-to-blame')],
      {},
    ],
    ['seen now', [], { name: 'deployment', confidence: 'medium' }],
  ])('is done with evidence %s', (_, reasons, cause) => {
    expect(asks(reasons, cause).action).toBe('previous-task-definition');
  });
});

describe('the reasons of a rollback', () => {
  const nine = { view: view({ desired: 9 }) };
  const back = { from: 'buywhere-api:42', to: 'buywhere-api:41' };
  const fewer = { from: 9, to: 8 };
  it.each<[string, () => RollbackDecision, Reason]>([
    [
      'automatic, in flight',
      () => decide('automatic', { deployments: [deployment(42, 60, 'PENDING'), deployment(41, yesterday)] }),
      because('stops-deployment', back),
    ],
    ['automatic, completed', () => decide('automatic'), because('back-to-definition', back)],
    [
      'automatic, none of late',
      () => decide('automatic', { deployments: [] }),
      because('no-deployment-to-blame'),
    ],
    [
      'previous, none known',
      () => decide('previous-task-definition', { deployments: [] }),
      because('no-earlier-deployment'),
    ],
    [
      'automatic, and the one before was stopped',
      () => decide('automatic', { deployments: [deployment(42, 600), deployment(41, 900, 'STOPPED')] }),
      because('no-earlier-deployment'),
    ],
    [
      'automatic, with the definition of the snapshot',
      () =>
        decide('automatic', {
          deployments: [deployment(42, 600)],
          snapshotTaskDefinition: 'buywhere-api:42',
        }),
      because('no-deployment-to-blame'),
    ],
    [
      'automatic, with no deployment but the snapshot',
      () => decide('automatic', { deployments: [], snapshotTaskDefinition: 'buywhere-api:40' }),
      because('no-deployment-to-blame'),
    ],
    [
      'previous, and the snapshot has the present one',
      () =>
        decide('previous-task-definition', { deployments: [], snapshotTaskDefinition: 'buywhere-api:42' }),
      because('no-earlier-deployment'),
    ],
    ['redeploy', () => decide('redeploy'), because('redeploy-asked')],
    ['count', () => decide('desired-count', nine, 12), because('count-asked', { from: 9, to: 12 })],
    [
      'too many',
      () => decide('desired-count', nine, 21),
      because('above-ceiling', { count: 21, ceiling: 20 }),
    ],
    [
      'too few',
      () => decide('desired-count', { ...nine, floor: 3 }, 2),
      because('below-floor', { count: 2, floor: 3 }),
    ],
    [
      'fewer while it burns',
      () => decide('desired-count', nine, 8, { cpuPercent: 95, latencyP99Seconds: 5 }),
      because('lowers-while-critical', { ...fewer, critical: ['cpuPercent', 'latencyP99Seconds'] }),
    ],
    ['fewer', () => decide('desired-count', nine, 8), because('lowers-at-once', fewer)],
  ])('tell people why: %s', (_, decided, reason) => {
    expect(decided().reasons.at(-1)).toEqual(reason);
    if (reason.code.startsWith('no-')) expect(decided().action).toBe('hold');
  });

  it('say that its deployment runs already, and why it was started', () => {
    const started = [deployment(41, -1, 'IN_PROGRESS'), deployment(42, 600), deployment(41, yesterday)];
    expect(
      decide('previous-task-definition', {
        deployments: started,
        view: view({ taskDefinition: 'buywhere-api:41' }),
      }).reasons,
    ).toEqual([because('back-to-definition', back), because('deployment-started')]);
  });

  it('say to what ECS goes back', () => {
    const stopped = [deployment(42, 60, 'ROLLBACK_IN_PROGRESS'), deployment(41, yesterday)];
    expect(decide('automatic', { deployments: stopped }).reasons.at(-1)).toEqual(
      because('ecs-rolls-back', { to: 'buywhere-api:42' }),
    );
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

  it('the previous definition: never the newest, which the service may not show yet', () => {
    const deployments = [deployment(43, 600), deployment(42, 900), deployment(41, yesterday)];
    expect(decide('previous-task-definition', { deployments })).toMatchObject({ to: 'buywhere-api:41' });
  });

  it('the present definition once more', () => {
    expect(decide('redeploy')).toMatchObject({ action: 'redeploy', to: 'buywhere-api:42' });
  });

  const nine = { view: view({ desired: 9, running: 9 }) };
  it.each<[string, number, Partial<RollbackFacts>, MetricValues, Partial<RollbackDecision>]>([
    ['more tasks', 12, nine, {}, { action: 'desired-count', to: 12 }],
    ['more tasks while it burns', 12, nine, { cpuPercent: 95 }, { action: 'desired-count', to: 12 }],
    ['the same number', 9, nine, {}, { action: 'desired-count', to: 9 }],
    ['the same number while it burns', 9, nine, { cpuPercent: 95 }, { action: 'desired-count', to: 9 }],
    ['as many as may be', 20, nine, {}, { action: 'desired-count', to: 20 }],
    ['as few as may be', 9, { ...nine, floor: 9 }, {}, { action: 'desired-count', to: 9 }],
    ['too many', 21, nine, {}, { action: 'hold' }],
    ['too few', 2, { ...nine, floor: 3 }, {}, { action: 'hold' }],
    ['fewer, which is for scale-in and its steps', 8, nine, {}, { action: 'hold' }],
    ['fewer, while it burns', 8, nine, { cpuPercent: 95 }, { action: 'hold' }],
  ])('%s: %i', (_, count, part, values, expected) => {
    expect(decide('desired-count', part, count, values)).toMatchObject(expected);
  });
});

describe('a count that ECS may not show yet', () => {
  const written = (desired: number, secondsAgo: number) => ({
    view: view({ desired: 2 }),
    lastWritten: { desired, desiredAt: secondsLater(-secondsAgo) },
  });
  const lowers = because('lowers-at-once', { from: 6, to: 5 });

  it('is not lowered: this incident asked for more just now', () => {
    expect(decide('desired-count', written(6, 120), 5)).toEqual({
      action: 'hold',
      reasons: [because('run-ahead', { asked: 6 }), lowers],
    });
    const hurt = decide('desired-count', written(6, 1), 5, { cpuPercent: 95 });
    expect(hurt.reasons.at(-1)).toEqual(
      because('lowers-while-critical', { from: 6, to: 5, critical: ['cpuPercent'] }),
    );
  });

  it('is not lowered: autoscaling asked for more just now', () => {
    const activities = [{ at: secondsLater(-60), count: 6, text: 'Setting desired count to 6.' }];
    const seen = assessment();
    if (!('bounds' in seen.autoscaling)) throw new Error('no target');
    const asked = request({ machine: 'rollback', rollbackTo: 'desired-count', desiredCount: 5 });
    const scaled = { ...seen, autoscaling: { ...seen.autoscaling, activities } };
    expect(decideRollback(asked, scaled, facts({ view: view({ desired: 2 }) }))).toEqual({
      action: 'hold',
      reasons: [because('autoscaling-ahead', { asked: 6 }), lowers],
    });
  });

  it.each<[string, number, number, number]>([
    ['as many are asked for', 6, 1, 6],
    ['more are asked for', 6, 1, 7],
    ['it was long ago: ECS shows it by now', 6, 121, 5],
    ['fewer were written', 1, 1, 2],
  ])('is set where %s', (_, desired, secondsAgo, count) => {
    expect(decide('desired-count', written(desired, secondsAgo), count)).toEqual({
      action: 'desired-count',
      to: count,
      reasons: [because('count-asked', { from: 2, to: count })],
    });
  });
});

describe('a release before that was bad as well', () => {
  const seen = (...badReleases: string[]) => ({
    ...assessment({ values: { errorRatePercent: 5 } }),
    badReleases,
  });
  const asked = (of: ReturnType<typeof seen>, part: Partial<RollbackFacts> = {}) =>
    decideRollback(
      request({ machine: 'rollback' }),
      of,
      facts({ deployments: [deployment(42, 600), deployment(41, 1200), deployment(40, yesterday)], ...part }),
    );

  it('is passed over', () => {
    const decision = asked(seen('buywhere-api:41'));
    expect(decision).toMatchObject({ action: 'previous-task-definition', to: 'buywhere-api:40' });
    expect(decision.reasons).toContainEqual(
      because('back-past-bad', { from: 'buywhere-api:42', to: 'buywhere-api:40', past: ['buywhere-api:41'] }),
    );
  });

  it('is passed over as well where somebody has taken it back, and the way back never completed', () => {
    const wayBack = deployment(40, 700, 'STOPPED');
    const deployments = [deployment(42, 600), wayBack, deployment(41, 1200), deployment(40, yesterday)];
    expect(asked(seen(), { deployments })).toMatchObject({ to: 'buywhere-api:40' });
    expect(asked(seen(), { deployments: deployments.filter((one) => one !== wayBack) })).toMatchObject({
      to: 'buywhere-api:41',
    });
  });

  it('is passed over by a deployment of its own where ECS would go back to it', () => {
    const deployments = [deployment(42, 60, 'IN_PROGRESS'), deployment(41, 1200), deployment(40, yesterday)];
    expect(asked(seen('buywhere-api:41'), { deployments })).toMatchObject({
      action: 'previous-task-definition',
      to: 'buywhere-api:40',
    });
    expect(asked(seen('buywhere-api:41'), { deployments, pausedAt: 'hook-1' })).toMatchObject({
      action: 'stop-deployment',
      to: 'buywhere-api:41',
    });
  });

  it('is better than none: where no other is known, back to it', () => {
    expect(asked(seen('buywhere-api:41', 'buywhere-api:40'))).toMatchObject({ to: 'buywhere-api:41' });
  });

  it('is what a person gets who asks for the one before', () => {
    const given = request({ machine: 'rollback', rollbackTo: 'previous-task-definition' });
    const deployments = [deployment(42, 600), deployment(41, 1200), deployment(40, yesterday)];
    expect(decideRollback(given, seen('buywhere-api:41'), facts({ deployments }))).toMatchObject({
      to: 'buywhere-api:41',
    });
  });

  it('does not undo a way back: what has not ended with it has another cause', () => {
    const deployments = [deployment(42, 600), deployment(43, 900), deployment(42, yesterday)];
    const convicted: Cause = { name: 'deployment', confidence: 'high', evidence: [], against: [] };
    const given = request({ machine: 'rollback', startedBy: 'arn:run' });
    const of = { ...seen('buywhere-api:42', 'buywhere-api:43'), cause: convicted };
    expect(decideRollback(given, of, facts({ deployments }))).toMatchObject({ action: 'hold' });
  });
});
