import { describe, expect, it } from '@jest/globals';
import { metricNames } from '../../../shared/config/metric-catalogue.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import type { Assessment, HealthView } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { because, reasonCodes } from '../../../shared/format/reasons.ts';
import type { Snapshot } from '../../../shared/incident/snapshot.ts';
import { nextStepDown } from '../../../shared/plan/guards/limits.ts';
import { planScaleIn, scaleInBlockers } from '../../../shared/plan/scale-in.ts';
import {
  assessment,
  bounds,
  configWith,
  healthy,
  type MetricValues,
  plan,
  policy,
  production,
  raisedBounds,
  raisedPolicy,
  registered,
  request,
  seenRaised,
  service,
  serviceName,
  snapshot,
  throttled,
  unhealthy,
  view,
} from '../../support/builders.ts';

const none = { metrics: {}, unheard: [] };
const planned = (seen: Assessment, target: Snapshot | undefined = snapshot(), config = production) =>
  planScaleIn(
    request({ machine: 'scale-in' }),
    seen,
    target,
    serviceConfig(config, serviceName),
    config,
    undefined,
  );

it.each<[string, number, number, number]>([
  ['the count', 15, 1, 15],
  ['min', 20, 12, 12],
])('max follows where a person raised %s above the old one', (_, count, min, max) => {
  const found = { desired: 20, bounds: bounds({ ...raisedBounds, min: 2 }) };
  const seen = seenRaised({
    service: view({ desired: count, running: count }),
    autoscaling: registered({
      bounds: { ...raisedBounds, min: min === 1 ? 2 : min },
      cpuPolicy: raisedPolicy,
    }),
  });
  const made = planScaleIn(request(), seen, snapshot(), service, production, undefined, found);

  expect(made.bounds?.to).toMatchObject({ min, max });
  expect(made.desired?.to).toBe(max);
  expect(made.reasons).toContainEqual(expect.objectContaining({ code: 'max-follows', from: 10, to: max }));
});

describe('everything is as before the incident already', () => {
  const written = { desired: 20, bounds: raisedBounds, cpuPolicy: raisedPolicy };
  const found = (desired: number, part: Parameters<typeof registered>[0] = {}) =>
    planScaleIn(
      request({ machine: 'scale-in' }),
      seenRaised({ service: view({ desired, running: desired }), autoscaling: registered(part) }),
      snapshot(),
      service,
      production,
      undefined,
      written,
    );
  const suspended = bounds({ suspended: { ...bounds().suspended, dynamicScalingIn: true } });

  it.each<[string, ReturnType<typeof found>]>([
    ['as it was', found(3)],
    ['a count inside the bounds is left to autoscaling', found(6)],
  ])('%s: nothing is left to approve', (_, made) => {
    expect([made.action, made.reasons[0]?.code]).toEqual(['restored', 'nothing-to-restore']);
    expect(made.desired?.to).toBe(made.desired?.from);
  });

  it.each<[string, ReturnType<typeof found>]>([
    ['a bound', found(3, { bounds: bounds({ min: 2 }) })],
    ['the policy', found(3, { cpuPolicy: raisedPolicy })],
    ['scaling in is suspended', found(3, { bounds: suspended })],
    ['the temporary policy', found(3, { temporaryPolicyFound: true })],
  ])('but for %s: people are asked', (_, made) => {
    expect(made.action).toBe('scale-in');
  });

  it('without autoscaling that may scale in, the count has to be as before', () => {
    const before = snapshot({ bounds: suspended });
    const seen = (desired: number) =>
      planned(
        seenRaised({
          service: view({ desired, running: desired }),
          autoscaling: registered({ bounds: suspended }),
        }),
        before,
      ).action;
    expect([seen(3), seen(6)]).toEqual(['restored', 'scale-in']);
  });
});

it('ends where a person set something between two runs, and says so', () => {
  const change = because('changed-by-person', { setting: 'max', from: 20, to: 15 });
  const restoreTo = { bounds: bounds({ max: 15 }), reasons: [change] };
  const written = { bounds: raisedBounds, cpuPolicy: raisedPolicy, restoreTo };
  const made = planScaleIn(
    request({ machine: 'scale-in' }),
    seenRaised(),
    snapshot(),
    service,
    production,
    undefined,
    written,
  );

  expect(made.bounds?.to).toEqual(bounds({ max: 15 }));
  expect(made.cpuPolicy?.to).toEqual(policy());
  expect(made.kept).toEqual([change]);
  expect(made.reasons).toContainEqual(change);
});

describe('what blocks scale-in', () => {
  it('no metric and no health endpoint that the service does not have', () => {
    const { metrics } = assessment();
    const none = { level: 'none', source: '/metrics' } as const;
    const absent: HealthView = { level: 'none', detail: '', down: [] };
    const made = planned(
      seenRaised({ metrics: { ...metrics, dbPoolPercent: none }, health: { api: absent, mcp: absent } }),
    );
    expect(made.action).toBe('scale-in');
    const judged = made.reasons.filter(({ code }) => code === 'metric-judged');
    expect(judged.map(({ metric }) => metric)).toEqual(
      metricNames.filter((name) => name !== 'dbPoolPercent'),
    );
  });

  it('gives reasons of the closed list only, also where rows, bounds and the rate are missing', () => {
    const { metrics } = assessment();
    const none = { level: 'none', source: '/metrics' } as const;
    const { bounds: _b, cpuPolicy: _p, ...bare } = snapshot();
    const made = planned(
      seenRaised({
        autoscaling: { absent: true },
        metrics: { ...metrics, requestRatePerMinute: none, dbPoolPercent: none },
      }),
      bare,
    );
    expect(made.kept).toEqual([]);
    expect(made.reasons.filter(({ code }) => !reasonCodes.includes(code))).toEqual([]);
    // Nobody counts requests: the work that its CPU shows says how many tasks stay.
    expect(made.reasons).toContainEqual(because('no-step-below', { needed: 6 }));
  });

  it.each(metricNames)('an unknown %s', (name) => {
    const made = planned(seenRaised({ metrics: assessment({ values: { [name]: 'unknown' } }).metrics }));

    expect(made).toMatchObject({
      action: 'wait',
      reasons: [because('metric-unknown', { metric: name, why: 'no datapoints' })],
    });
    expect([made.desired, made.bounds, made.cpuPolicy]).toEqual([undefined, undefined, undefined]);
  });

  it('not a high request rate that the tasks carry', () => {
    const made = planned(
      seenRaised({ metrics: assessment({ values: { requestRatePerMinute: 2400 } }).metrics }),
    );

    expect(made.action).toBe('scale-in');
    const rate = { metric: 'requestRatePerMinute', value: 2400, level: 'critical', warning: 800 } as const;
    expect(made.reasons).toContainEqual(because('metric-judged', rate));
    expect(made.reasons).toContainEqual(because('no-step-below', { needed: 8 }));
  });

  it.each(metricNames.filter((name) => name !== 'requestRatePerMinute'))(
    'a %s at warning or above',
    (name) => {
      const { warning, critical } = production.thresholds[name];
      const action = (value: number) =>
        planned(seenRaised({ metrics: assessment({ values: { [name]: value } }).metrics })).action;

      // CPU that its policy holds at warning is calm: calm-limits.test.ts.
      const most = name === 'cpuPercent' ? policy().target : warning;
      expect([most, most * 1.01, critical * 1.01].map(action)).toEqual(['scale-in', 'wait', 'wait']);
    },
  );

  it.each<[Reason, Partial<Assessment>]>([
    [
      because('health', { endpoint: 'api', level: 'critical', detail: '503 in 9 ms' }),
      { health: { api: unhealthy, mcp: healthy } },
    ],
    [
      because('health', { endpoint: 'mcp', level: 'critical', detail: '503 in 9 ms' }),
      { health: { api: healthy, mcp: unhealthy } },
    ],
    [because('deployment-running'), { service: view({ rollout: 'in-progress' }) }],
    [because('deployment-running'), { service: view({ rollout: 'failed' }) }],
    [because('service-unknown', { why: 'throttled by AWS' }), { service: throttled }],
    [because('autoscaling-unknown', { why: 'throttled by AWS' }), { autoscaling: throttled }],
  ])('$text', (reason, seen) => {
    const made = planned(seenRaised(seen));

    expect(made.action).toBe('wait');
    expect(made.reasons).toContainEqual(reason);
  });

  it('an unknown autoscaling, by itself', () => {
    expect(planned(seenRaised({ autoscaling: throttled })).reasons).toEqual([
      because('autoscaling-unknown', { why: 'throttled by AWS' }),
    ]);
  });

  it('an unknown service, by itself', () => {
    expect(scaleInBlockers(seenRaised({ service: throttled }), none)).toEqual([
      because('service-unknown', { why: 'throttled by AWS' }),
    ]);
  });

  it('has another hash for another blocker', () => {
    const blocked = (values: MetricValues) =>
      planned(seenRaised({ metrics: assessment({ values }).metrics })).hash;
    expect(blocked({ cpuPercent: 71 })).toBe(blocked({ cpuPercent: 71 }));
    expect(blocked({ cpuPercent: 71 })).not.toBe(blocked({ cpuPercent: 72 }));
  });

  it('nothing, when everything is ok and known', () => {
    expect(scaleInBlockers(seenRaised(), none)).toEqual([]);
  });
});

describe('the way back', () => {
  it('goes to the snapshot, field by field', () => {
    const before = snapshot({
      desired: 5,
      bounds: bounds({ min: 2, max: 12 }),
      cpuPolicy: policy({ target: 65 }),
    });

    expect(planned(seenRaised(), before)).toMatchObject({
      action: 'scale-in',
      desired: { from: 9, to: 5 },
      bounds: { from: raisedBounds, to: before.bounds },
      cpuPolicy: { from: raisedPolicy, to: before.cpuPolicy },
      approvalRequired: true,
      approvalSeconds: 14_400,
    });
  });

  it('goes to the configured baseline only where no snapshot exists', () => {
    const made = planScaleIn(request(), seenRaised(), undefined, service, production, undefined);

    expect(made).toMatchObject({
      desired: { from: 9, to: 3 },
      bounds: { to: bounds() },
      cpuPolicy: { to: policy() },
    });
    expect(made.reasons.at(-1)).toEqual(because('back-to-baseline', { from: 9, to: 3 }));
  });

  it.each<[string, Snapshot, number]>([
    ['the configured minimum', snapshot({ desired: 1, bounds: bounds({ min: 1 }) }), 2],
    ["the snapshot's minimum", snapshot({ desired: 1, bounds: bounds({ min: 4 }) }), 4],
    ["the snapshot's count", snapshot({ desired: 6 }), 6],
  ])('never goes below %s', (_, before, to) => {
    const config = configWith((_config, { capacity }) => Object.assign(capacity.baseline, { min: 2 }));

    expect(planned(seenRaised(), before, config).desired).toEqual({ from: 9, to });
  });

  it('never raises the count', () => {
    expect(planned(seenRaised({ service: view({ desired: 2, running: 2 }) })).desired).toEqual({
      from: 2,
      to: 2,
    });
  });

  it('leaves alone what was not registered before', () => {
    const { bounds: _b, cpuPolicy: _p, ...bare } = snapshot();
    expect(planned(seenRaised({ autoscaling: { absent: true } }), bare)).toMatchObject({
      action: 'scale-in',
      desired: { from: 9, to: 3 },
    });
    expect(planned(seenRaised({ autoscaling: { absent: true } }), bare).bounds).toBeUndefined();

    const since = planned(seenRaised(), bare);
    expect([since.bounds, since.cpuPolicy]).toEqual([undefined, undefined]);
  });

  it('counts its rounds, and is at no limit', () => {
    const round = (previous?: number) =>
      planScaleIn(
        request({ machine: 'scale-in' }),
        seenRaised(),
        snapshot(),
        service,
        production,
        previous === undefined ? undefined : plan({ round: previous }),
      );
    expect([round().round, round(2).round]).toEqual([1, 3]);
    expect(round()).toMatchObject({ watched: 0, limitReached: false, tell: false });
  });

  it('has another hash as soon as anything that changes is different', () => {
    const hashes = [
      planned(seenRaised()),
      planned(seenRaised({ service: view({ desired: 8, running: 8 }) })),
      planned(seenRaised(), snapshot({ bounds: bounds({ max: 11 }) })),
      planned(seenRaised(), snapshot({ cpuPolicy: policy({ target: 69 }) })),
    ].map(({ hash }) => hash);

    expect(new Set(hashes).size).toBe(4);
    expect(planned(seenRaised({ at: '2026-10-02T18:00:00.000Z' })).hash).toBe(hashes[0]);
  });

  it('needs no approval where the environment asks for none', () => {
    const config = configWith(({ approval }) => Object.assign(approval, { requiredForScaleIn: false }));
    expect(planned(seenRaised(), snapshot(), config).approvalRequired).toBe(false);
  });
});

describe('one step down', () => {
  it.each([
    [20, 3, 15],
    [15, 3, 12],
    [12, 3, 9],
    [9, 3, 7],
    [7, 3, 6],
    [4, 3, 3],
    [3, 1, 2],
    [2, 1, 1],
    [1, 1, 1],
    [8, 7, 7],
  ])('from %i towards %i goes to %i', (current, target, next) => {
    expect(nextStepDown(current, target, production)).toBe(next);
  });
});
