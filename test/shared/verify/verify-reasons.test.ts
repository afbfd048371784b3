import { describe, expect, it } from '@jest/globals';
import type { Reason } from '../../../shared/document/reason.ts';
import { because } from '../../../shared/format/reasons.ts';
import type { Check } from '../../../shared/verify/check.ts';
import { verify } from '../../../shared/verify/verify.ts';
import {
  assessment,
  bounds,
  healthy,
  plan,
  policy,
  production,
  raisedBounds,
  raisedPolicy,
  registered,
  request,
  secondsLater,
  service,
  snapshot,
  throttled,
  unhealthy,
  view,
} from '../../support/builders.ts';
import { earlier, type Part } from '../../support/checks.ts';

const check = (goal: Check['goal'], seen: Part, part: Partial<Check> = {}) =>
  verify({ goal, request: request(), ...part }, assessment(seen), service, production);
const unreadable = because('service-unknown', { why: 'throttled by AWS' });
const unknown: Part = { service: throttled };

const health = ({ level, detail }: typeof healthy) => because('health', { endpoint: 'api', level, detail });

describe('what people read while a rollback is checked', () => {
  it.each<[string, Part, Reason[]]>([
    ['ECS does not answer', unknown, [unreadable]],
    ['it runs', { service: view({ rollout: 'in-progress' }) }, [because('deployment-running')]],
    [
      'tasks are missing',
      { service: view({ desired: 3, running: 2 }) },
      [because('tasks-run', { running: 2, wanted: 3 })],
    ],
    ['health is bad', { health: { api: unhealthy, mcp: unhealthy } }, [health(unhealthy)]],
    [
      'all is well',
      {},
      [because('definition-runs', { running: 3, taskDefinition: 'buywhere-api:42' }), health(healthy)],
    ],
  ])('while %s', (_, seen, reasons) => {
    expect(check('rolled-back', seen).reasons).toEqual(reasons);
  });
});

describe('what people read while a restore is checked', () => {
  const kept = [because('changed-by-person', { setting: 'max', from: 20, to: 15 })];
  const asBefore = because('as-in-snapshot', { takenAt: snapshot().takenAt });
  const back = {
    action: 'scale-in',
    bounds: { from: raisedBounds, to: bounds({ max: 15 }) },
    cpuPolicy: { from: raisedPolicy, to: policy() },
  } as const;
  it.each<[string, Part, Partial<Check>, Reason[]]>([
    ['ECS does not answer', unknown, { snapshot: snapshot() }, [unreadable]],
    ['there is no snapshot', {}, {}, [because('no-snapshot')]],
    [
      'there is no snapshot, and a person changed something',
      {},
      {
        plan: plan({
          ...back,
          kept,
          desired: { from: 9, to: 3 },
          cpuPolicy: { from: raisedPolicy, to: policy() },
        }),
      },
      [because('not-restored', { setting: 'max', from: 15, to: 10 })],
    ],
    [
      'a setting differs',
      { autoscaling: registered({ bounds: bounds({ max: 20 }) }) },
      { snapshot: snapshot() },
      [because('not-restored', { setting: 'max', from: 10, to: 20 })],
    ],
    ['all is as before', {}, { snapshot: snapshot() }, [asBefore]],
    [
      'all is as planned, with what a person changed',
      { autoscaling: registered({ bounds: bounds({ max: 15 }) }) },
      { snapshot: snapshot(), plan: plan({ ...back, kept }) },
      [because('restored-but-for', { takenAt: snapshot().takenAt, settings: 1 }), ...kept],
    ],
    [
      'a setting differs from the plan, which keeps what a person changed',
      { autoscaling: registered({ bounds: bounds({ max: 20 }) }) },
      { snapshot: snapshot(), plan: plan({ ...back, kept }) },
      [because('not-restored', { setting: 'max', from: 15, to: 20 })],
    ],
  ])('while %s', (_, seen, part, reasons) => {
    expect(check('restored', seen, part).reasons).toEqual(reasons);
  });
});

describe('what people read while everything has to be calm', () => {
  const warm = because('metric-warning', { metric: 'cpuPercent', value: 71 });
  const hot = { values: { cpuPercent: 95, latencyP99Seconds: 5 } };
  const critical = [
    because('metric-critical', { metric: 'cpuPercent', value: 95 }),
    because('metric-critical', { metric: 'latencyP99Seconds', value: 5 }),
  ];

  it.each<[string, Part, Partial<Check>, Reason[]]>([
    [
      'it is',
      {},
      earlier('calm', 400, { calmSince: secondsLater(-120) }),
      [because('stabilising', { seconds: 120, needed: 300 })],
    ],
    ['it begins to be', {}, {}, [because('stabilising', { seconds: 0, needed: 300 })]],
    ['it is not', { values: { cpuPercent: 71 } }, {}, [warm]],
    ['it burns', hot, {}, critical],
    ['it burns here and is warm there', { values: { ...hot.values, dbPoolPercent: 80 } }, {}, critical],
  ])('and %s', (_, seen, part, reasons) => {
    expect(check('calm', seen, part).reasons).toEqual(reasons);
  });

  it('and a step down has made it worse, or not', () => {
    expect(check('step', hot)).toMatchObject({
      state: 'alarm',
      reasons: [because('step-made-worse'), ...critical],
    });
    expect(check('step', {}).reasons).toEqual([because('step-is-fine')]);
    expect(check('step', { values: { cpuPercent: 71 } }).reasons).toEqual([warm]);
  });

  it('by the clock of the way back, not of the verification', () => {
    const slow = { nextCheckSeconds: 60, state: 'waiting' };
    const warm = { values: { cpuPercent: 71 } };
    expect(check('step', warm, earlier('step', 86_399))).toMatchObject(slow);
    expect(check('calm', warm, earlier('calm', 86_399))).toMatchObject(slow);
    expect(check('restored', unknown, earlier('restored', 599))).toMatchObject({
      nextCheckSeconds: 15,
      state: 'waiting',
    });
    expect(check('restored', unknown, earlier('restored', 600))).toMatchObject({
      state: 'failed',
      reasons: [because('not-reached', { seconds: 600 }), unreadable],
    });
  });
});

describe('the reminder that a service is still scaled out', () => {
  const period = production.notices.stillScaledOutHours * 3600;

  it.each([
    [0, false],
    [period - 1, false],
    [period, true],
    [period + 59, true],
    [period + 60, false],
    [2 * period, true],
  ])('after %i s is due: %s', (seconds, mention) => {
    const warm = { values: { cpuPercent: 71 } };
    expect(check('calm', warm, earlier('calm', seconds)).mention).toBe(mention);
    expect(check('step', warm, earlier('step', seconds)).mention).toBe(mention);
    expect(check('restored', warm, earlier('restored', seconds)).mention).toBe(false);
  });
});

describe('the moment since when the wanted tasks run', () => {
  const nine = plan({ desired: { from: 3, to: 9 } });
  const settled = (part: Partial<ReturnType<typeof view>>, goal: Check['goal'] = 'recovered', of = nine) =>
    check(goal, { service: view(part) }, { plan: of }).settledSince;

  it('is noted once they all do', () => {
    expect(settled({ desired: 9, running: 9 })).toBe(assessment().at);
    expect(settled({ desired: 9, running: 8 })).toBeUndefined();
    expect(settled({ desired: 9, running: 9, pending: 1 })).toBe(assessment().at);
    expect(settled({ desired: 12, running: 9 })).toBeUndefined();
  });

  it('counts the tasks that are there where the plan has no count', () => {
    const { desired: _, ...none } = nine;
    expect(settled({ desired: 3, running: 3 }, 'recovered', none)).toBe(assessment().at);
    expect(check('recovered', {}).settledSince).toBe(assessment().at);
  });

  it('is of no interest on the way back, nor where ECS is unknown', () => {
    expect(settled({ desired: 9, running: 9 }, 'calm')).toBeUndefined();
    expect(check('recovered', unknown).settledSince).toBeUndefined();
  });
});
