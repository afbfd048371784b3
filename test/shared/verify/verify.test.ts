import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Setting } from '../../../shared/document/setting-changes.ts';
import type { Verification } from '../../../shared/document/verification.ts';
import { because } from '../../../shared/format/reasons.ts';
import { lostTasks } from '../../../shared/plan/failed-starts.ts';
import type { Check } from '../../../shared/verify/check.ts';
import {
  bounds,
  healthy,
  now,
  plan,
  planBack,
  policy,
  registered,
  secondsLater,
  snapshot,
  throttled,
  unhealthy,
  view,
} from '../../support/builders.ts';
import { check, earlier, type Part } from '../../support/checks.ts';
import { stopped } from '../../support/clues.ts';

const nine = { service: view({ desired: 9, running: 9 }) };

describe('alerts that joined a scale-out', () => {
  const settled = earlier('recovered', 300, { settledSince: secondsLater(-240) });

  it.each([
    ['cannot be read: it goes on looking', 'unknown' as const, 'waiting'],
    ['is ok: it has recovered', 0.1, 'reached'],
  ])('whose metric %s', (_, errorRatePercent, state) => {
    const values = { errorRatePercent };
    expect(check('recovered', { ...nine, values }, settled).state).toBe('reached');
    const judged = check('recovered', { ...nine, values }, { ...settled, joined: ['HighErrorRate'] });
    expect(judged.state).toBe(state);
  });
});

describe('a deployment that awaits an action', () => {
  const seen = view({ rollout: 'in-progress', pause: { hookId: 'h', until: secondsLater(3600) } });
  const day = 86_400;

  it('is said, and its time does not count towards the deadline', () => {
    const verification = check('calm', { service: seen }, earlier('calm', day + 600, { paused: 7200 }));
    expect(verification).toMatchObject({ state: 'waiting', paused: 7260 });
    expect(verification.reasons).toMatchObject([
      { code: 'deployment-awaits-action', until: secondsLater(3600) },
    ]);
    expect(check('calm', {})).not.toHaveProperty('paused');
    expect(check('calm', { service: throttled })).not.toHaveProperty('paused');
    const over = { values: { cpuPercent: 61 } };
    expect(check('calm', over, earlier('calm', day + 600, { paused: 7200 })).state).toBe('waiting');
    expect(check('calm', over, earlier('calm', day + 7200, { paused: 7200 })).state).toBe('failed');
  });
});

describe('a rollback whose answers lag behind', () => {
  const done = (action: string, part = {}) => ({
    rollback: { action, from: { taskDefinition: 'buywhere-api:43', ...part }, reasons: [] },
  });
  const at = (deployedAt: string, taskDefinition = 'buywhere-api:43') => ({
    service: view({ deployedAt, taskDefinition }),
  });

  it('is not over while ECS shows the deployment from before', () => {
    for (const action of ['previous-task-definition', 'stop-deployment'])
      expect(check('rolled-back', at('x'), done(action))).toMatchObject({
        state: 'waiting',
        reasons: [{ code: 'deployment-not-shown' }],
      });
    expect(check('rolled-back', at('x'), done('redeploy', { deployedAt: 'x' })).state).toBe('waiting');
  });

  it('is over once it is shown', () => {
    expect(check('rolled-back', at('y', 'buywhere-api:42'), done('stop-deployment')).state).toBe('reached');
    expect(check('rolled-back', at('y'), done('redeploy', { deployedAt: 'x' })).state).toBe('reached');
    const back = done('previous-task-definition', { deployedAt: 'y' });
    expect(check('rolled-back', at('y', 'buywhere-api:42'), back).state).toBe('reached');
  });

  it('is over once the count is shown that was asked for, or what others made of it', () => {
    const asked = (to: number) => ({
      rollback: { action: 'desired-count', to, from: { taskDefinition: 'x', desired: 3 }, reasons: [] },
    });
    const shown = (desired: number) => ({ service: view({ desired, running: desired }) });
    expect(check('rolled-back', shown(3), asked(5))).toMatchObject({
      state: 'waiting',
      reasons: [because('tasks-run', { running: 3, wanted: 5 })],
    });
    for (const desired of [4, 5, 6])
      expect(check('rolled-back', shown(desired), asked(5)).state).toBe('reached');
    expect(check('rolled-back', shown(3), asked(3)).state).toBe('reached');
  });
});

describe('waiting for calm', () => {
  const since = (seconds: number) => earlier('calm', 400, { calmSince: secondsLater(-seconds) });
  it.each<[string, Part, Partial<Check>, Verification['state']]>([
    ['begins at the first calm look', {}, {}, 'waiting'],
    ['waits for the whole cooldown', {}, since(299), 'waiting'],
    ['is there after the whole cooldown', {}, since(300), 'reached'],
    ['begins anew after a warning', { values: { cpuPercent: 71 } }, since(300), 'waiting'],
    ['is not calm with an unknown metric', { values: { dbPoolPercent: 'unknown' } }, since(300), 'waiting'],
    [
      'is not calm while a deployment runs',
      { service: view({ rollout: 'in-progress' }) },
      since(300),
      'waiting',
    ],
    [
      'keeps its deadline while plan after plan says to wait',
      { values: { cpuPercent: 71 } },
      { ...earlier('calm', 86_400, { state: 'reached' }), plan: plan({ action: 'wait' }) },
      'failed',
    ],
    [
      'has a new deadline after a plan that was carried out',
      { values: { cpuPercent: 71 } },
      earlier('calm', 86_400, { state: 'reached' }),
      'waiting',
    ],
    ['has a deadline of a day', { values: { cpuPercent: 71 } }, earlier('calm', 86_400), 'failed'],
  ])('%s', (_, seen, part, state) => {
    expect(check('calm', seen, part).state).toBe(state);
  });

  it.each<[string, number, Part, Verification['state']]>([
    ['2,600 a minute need 9 of 9', 2600, nine, 'waiting'],
    ['2,400 a minute need 8: one can go', 2400, nine, 'reached'],
    ['three are all that there were before', 2600, {}, 'reached'],
  ])('waits while no step can be taken: %s', (_, requestRatePerMinute, seen, state) => {
    const calm = { ...since(300), plan: undefined, snapshot: snapshot() };
    const made = check('calm', { ...seen, values: { requestRatePerMinute } }, calm);

    expect(made.state).toBe(state);
    expect(made.tasksNeeded).toBe(Math.ceil(requestRatePerMinute / 300));
  });

  it.each<[string, Partial<Check>, Verification['state']]>([
    [
      "the plan's count",
      { plan: planBack({ desired: { from: 9, to: 9 } }), snapshot: snapshot() },
      'reached',
    ],
    [
      "the snapshot's where the plan has none",
      { plan: plan({ desired: undefined }), snapshot: snapshot({ desired: 9 }) },
      'reached',
    ],
    ['the configured one where there is neither', { plan: undefined, snapshot: undefined }, 'waiting'],
    [
      "not the snapshot's where the plan has one",
      { plan: planBack(), snapshot: snapshot({ desired: 9 }) },
      'waiting',
    ],
  ])('a step can be taken down to %s', (_, part, state) => {
    const seen = { ...nine, values: { requestRatePerMinute: 2600 } };
    const made = check('calm', seen, { ...since(300), ...part });

    expect(made.state).toBe(state);
    if (state === 'waiting')
      expect(made.reasons).toEqual([because('traffic-needs-all', { needed: 9, desired: 9 })]);
  });

  it('remembers how it found the settings at the first look that could read them', () => {
    const theirs: Part = { autoscaling: registered({ bounds: bounds({ max: 15 }) }) };
    const found = (goal: Check['goal'], seen: Part, previous: Partial<Check> = {}) =>
      check(goal, seen, previous).found;
    const first = { desired: 3, bounds: bounds(), cpuPolicy: policy() };
    const before = earlier('calm', 60, { found: first });

    expect(found('calm', {})).toEqual(first);
    expect(found('calm', theirs, before)).toEqual(first);
    expect(found('calm', theirs, earlier('calm', 60))?.bounds?.max).toBe(15);
    expect(found('calm', theirs, earlier('step', 60, { found: first }))?.bounds?.max).toBe(15);
    expect(found('calm', { autoscaling: throttled })).toBeUndefined();
    expect(found('calm', { service: throttled })).toBeUndefined();
    expect(found('calm', { autoscaling: { absent: true } })).toEqual({ desired: 3 });
    expect(found('step', {})).toBeUndefined();
  });

  it('keeps no deadline of another loop', () => {
    const wait = plan({ action: 'wait' });
    const begun = (goal: Check['goal'], previous: Check['goal']) =>
      check(goal, {}, { ...earlier(previous, 900, { state: 'reached' }), plan: wait }).since;

    expect(begun('calm', 'calm')).toBe(secondsLater(-900));
    expect(begun('step', 'calm')).toBe(secondsLater(0));
    expect(begun('calm', 'step')).toBe(secondsLater(0));
    expect(begun('step', 'step')).toBe(secondsLater(0));
  });

  it('asks what the traffic needs only on the way down, and where its rate is known', () => {
    expect(check('recovered', nine)).not.toHaveProperty('tasksNeeded');
    const blind = { values: { requestRatePerMinute: 'unknown' } } as const;
    expect(check('calm', blind)).not.toHaveProperty('tasksNeeded');
  });

  it('is late only while it waits: what is reached at the deadline is reached', () => {
    const late = earlier('calm', 86_400, { calmSince: secondsLater(-300) });
    expect(check('calm', {}, late).state).toBe('reached');
  });

  it('forgets the calm that was interrupted', () => {
    expect(check('calm', { values: { cpuPercent: 71 } }, since(300)).calmSince).toBeUndefined();
  });
});

describe('after a step down', () => {
  it.each<[string, Part, Verification['state']]>([
    ['goes on when everything is ok', {}, 'reached'],
    ['waits at a warning', { values: { latencyP99Seconds: 2 } }, 'waiting'],
    ['waits at an unknown metric', { values: { latencyP99Seconds: 'unknown' } }, 'waiting'],
    ['raises the alarm when something is critical', { values: { latencyP99Seconds: 3 } }, 'alarm'],
    ['goes on although traffic is high', { values: { requestRatePerMinute: 2400 }, ...nine }, 'reached'],
    [
      'waits while the traffic needs them all',
      { values: { requestRatePerMinute: 2600 }, ...nine },
      'waiting',
    ],
    ['waits while the traffic is unknown', { values: { requestRatePerMinute: 'unknown' } }, 'waiting'],
    [
      'raises the alarm also then',
      { values: { requestRatePerMinute: 2600, cpuPercent: 81 }, ...nine },
      'alarm',
    ],
  ])('%s', (_, seen, state) => {
    expect(check('step', seen, { plan: planBack() }).state).toBe(state);
  });
});

describe('after the restore', () => {
  it.each<[string, Part, Partial<Check>, Verification['state']]>([
    ['everything is as in the snapshot', {}, { snapshot: snapshot() }, 'reached'],
    [
      'max is not',
      { autoscaling: registered({ bounds: bounds({ max: 20 }) }) },
      { snapshot: snapshot() },
      'waiting',
    ],
    [
      'the CPU target is not',
      { autoscaling: registered({ cpuPolicy: policy({ target: 50 }) }) },
      { snapshot: snapshot() },
      'waiting',
    ],
    ['autoscaling is unknown', { autoscaling: throttled }, { snapshot: snapshot() }, 'waiting'],
    ['the service is unknown', { service: throttled }, { snapshot: snapshot() }, 'waiting'],
    [
      'no snapshot exists, and all is as planned',
      {},
      { plan: planBack({ desired: { from: 9, to: 3 } }) },
      'reached',
    ],
    ['tasks still stop', { service: view({ running: 5 }) }, { snapshot: snapshot() }, 'waiting'],
    ['tasks still start', { service: view({ running: 2, pending: 1 }) }, { snapshot: snapshot() }, 'waiting'],
    [
      'it never comes',
      { autoscaling: { absent: true } },
      { snapshot: snapshot(), ...earlier('restored', 600) },
      'failed',
    ],
  ])('%s', (_, seen, part, state) => {
    expect(check('restored', seen, part).state).toBe(state);
  });
});

describe('after a restore, and scheduled actions since', () => {
  const suspended = { to: bounds({ min: 2, max: 8 }) };
  const seen = (min: number, max: number, set: { min?: number; max?: number } = {}): Part => ({
    autoscaling: registered({
      bounds: bounds({ min, max }),
      activities: [{ at: secondsLater(-30), ...set, text: 'Setting capacity' }],
    }),
  });

  it.each<[string, Part, Partial<Check>, Verification['state']]>([
    ['they set both', seen(2, 6, { min: 2, max: 6 }), {}, 'reached'],
    ['they set one, and somebody the other', seen(2, 6, { max: 6 }), {}, 'waiting'],
    ['somebody set both', seen(2, 6), {}, 'waiting'],
    ['they set one after the last write', seen(2, 6, { max: 6 }), { change: { suspended } }, 'reached'],
    ['the bounds are as last written', seen(2, 8), { change: { suspended } }, 'reached'],
    ['nothing was suspended', seen(1, 6, { max: 6 }), { change: {} }, 'reached'],
  ])('%s', (_, part, of, state) => {
    expect(check('restored', part, { snapshot: snapshot(), ...of }).state).toBe(state);
  });
});

describe('after a restore that keeps what a person changed', () => {
  const kept = [because('changed-by-person', { setting: 'cpuTarget', from: 50, to: 65 })];
  const { bounds: _, cpuPolicy: _policy, ...bare } = snapshot();
  const absent: Part = { autoscaling: { absent: true } };
  const open = (setting: Setting, from: number, to: number) => because('not-restored', { setting, from, to });
  const theirs = policy({ target: 65 });
  const cpu: Part = { autoscaling: registered({ cpuPolicy: theirs }) };
  const asBefore = [because('as-in-snapshot', { takenAt: snapshot().takenAt }), ...kept];
  const done = [because('restored-but-for', { takenAt: snapshot().takenAt, settings: 1 }), ...kept];
  it.each<[string, Part, Check['snapshot'], Partial<Plan>, Reason[]]>([
    ['to its count', absent, bare, { desired: { from: 9, to: 5 } }, [open('desired', 5, 3)]],
    ['to its policy', cpu, snapshot(), { cpuPolicy: { from: policy(), to: theirs } }, done],
    ['and to the snapshot where the plan is silent', {}, snapshot(), {}, asBefore],
    ['also where that has no target', absent, bare, {}, asBefore],
    ['also where somebody changed the policy', cpu, snapshot(), {}, [open('cpuTarget', 70, 65)]],
  ])('it goes by the plan, %s', (_what, seen, before, part, reasons) => {
    const { desired: _d, bounds: _b, cpuPolicy: _p, ...silent } = planBack({ kept });
    const made = check('restored', seen, { snapshot: before, plan: { ...silent, ...part } });

    expect(made.reasons).toEqual(reasons);
  });
});

describe('after a rollback', () => {
  it.each<[string, Part, Verification['state']]>([
    ['the deployment runs', { service: view({ rollout: 'in-progress' }) }, 'waiting'],
    ['it failed', { service: view({ rollout: 'failed' }) }, 'failed'],
    ['tasks are missing', { service: view({ running: 2 }) }, 'waiting'],
    ['health is bad', { health: { api: unhealthy, mcp: healthy } }, 'waiting'],
    ['ECS is unknown', { service: throttled }, 'waiting'],
    ['all is well', {}, 'reached'],
  ])('%s', (_, seen, state) => {
    expect(check('rolled-back', seen).state).toBe(state);
  });

  const cannotPull = stopped('CannotPullContainerError', 2, 'never-started');
  it.each([
    ['the deployment runs', view({ rollout: 'in-progress', running: 2 })],
    ['tasks are missing', view({ running: 2 })],
  ])('says why tasks do not start while %s', (_, service) => {
    const seen = { service, stoppedTasks: [stopped('no image', 2, 'never-started', now)] };
    expect(check('rolled-back', seen)).toMatchObject({
      state: 'waiting',
      reasons: [{}, because('task-stopped', { reason: 'no image', count: 2 })],
    });
  });

  it('says nothing of starts that failed while as many tasks run as are wanted', () => {
    const seen = {
      service: view({ rollout: 'in-progress' }),
      stoppedTasks: [stopped('no image', 2, 'never-started', now)],
    };
    expect(check('rolled-back', seen).reasons).toEqual([because('deployment-running')]);
  });

  it('a failed one says why, and what could not be read', () => {
    const seen = {
      service: view({ rollout: 'failed' }),
      stoppedTasks: [cannotPull],
      stoppedTasksUnknown: throttled.unknown,
    };
    expect(check('rolled-back', seen).reasons).toEqual([
      because('rollout-failed'),
      ...lostTasks({ stoppedTasks: [cannotPull] }),
      because('stops-unknown', { why: 'throttled by AWS' }),
    ]);
  });
});
