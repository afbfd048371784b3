import { describe, expect, it } from '@jest/globals';
import { autoscalingReasons, planAutoscaling } from '../../../shared/autoscaling/plan.ts';
import {
  customizedCpuText,
  metricOf,
  type PolicyKind,
  type PresentAutoscaling,
  policyKinds,
  sameMetric,
  wantedAutoscaling,
} from '../../../shared/autoscaling/settings.ts';
import type { AutoscalingParameters } from '../../../shared/document/request.ts';
import { because, textsOf } from '../../../shared/format/reasons.ts';
import { bounds, service, serviceConfigs } from '../../support/builders.ts';

/** A service whose autoscaling is as configured, with something changed. */
function present(change: (draft: PresentAutoscaling) => void = () => undefined): PresentAutoscaling {
  const { min, max, policies } = wantedAutoscaling(service);
  const draft: PresentAutoscaling = {
    desired: 3,
    bounds: bounds({ min, max }),
    tracking: policyKinds.flatMap((kind) => policies[kind] ?? []).map((policy) => ({ ...policy })),
    others: [],
  };
  change(draft);
  return draft;
}
const withBounds = (part: Parameters<typeof bounds>[0]) =>
  present((draft) => void Object.assign(draft, { bounds: bounds(part) }));
const withDesired = (desired: number) => present((draft) => void Object.assign(draft, { desired }));
const bare: PresentAutoscaling = { desired: 3, tracking: [], others: [] };
const changed = (kind: PolicyKind, part: Partial<PresentAutoscaling['tracking'][number]>) =>
  present(({ tracking }) => void Object.assign(tracking[policyKinds.indexOf(kind)] ?? {}, part));
const plan = (now: PresentAutoscaling, parameters?: AutoscalingParameters, approval = true) =>
  planAutoscaling(now, service, parameters, approval);

it.each(serviceConfigs)('%s has the settings of the runbook', (_name, settings) => {
  expect(wantedAutoscaling(settings)).toMatchObject({
    max: 10,
    policies: {
      cpu: { target: 70, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
      latency: { target: 0.08, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
      requests: { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
    },
  });
});

describe('what is written', () => {
  it('nothing where everything is as configured', () => {
    expect(plan(present())).toEqual({
      action: 'none',
      policies: {},
      changes: [],
      drift: [],
      reasons: [because('autoscaling-as-wanted')],
    });
  });

  it('all of it where nothing is registered', () => {
    const made = plan(bare);
    expect(made.action).toBe('configure');
    expect(made.target).toEqual({ from: null, to: bounds({ min: 1, max: 10 }) });
    expect(Object.values(made.policies).map((write) => write?.from)).toEqual([null, null, null]);
    expect(made.changes[0]).toEqual({ label: 'min', from: 'absent', to: '1' });
  });

  it("the request's parameters in place of the configuration's values, in the metrics' own units", () => {
    const parameters = {
      minCapacity: 2,
      maxCapacity: 15,
      cpuTarget: 60,
      latencyTargetMilliseconds: 60,
      requestRateTarget: 200,
    };
    const { target, policies, drift } = plan(present(), parameters);
    expect(target?.to).toMatchObject({ min: 2, max: 15 });
    expect(policies).toMatchObject({
      cpu: { to: { target: 60 } },
      latency: { to: { target: 0.06 } },
      requests: { to: { target: 200 } },
    });
    // The drift is about the configuration, whatever the parameters say.
    expect(drift).toEqual([]);
  });

  it('the policy on the wanted metric under the name that it has: AWS allows one per metric', () => {
    const made = plan(changed('cpu', { name: 'made-by-hand', target: 50 }));
    expect(made.policies.cpu).toMatchObject({ from: { name: 'made-by-hand' }, to: { name: 'made-by-hand' } });
    expect(made.drift).toContain('policy buywhere-api-cpu-scaling: its name is made-by-hand; it keeps it');
  });

  it('bounds, but never what somebody suspended', () => {
    const suspended = { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false };
    const made = plan(withBounds({ max: 8, suspended }));
    expect(made.target?.to).toEqual(bounds({ max: 10, suspended }));
    expect(made.drift).toContain('scale-in suspended: yes, configured is no; it stays');
  });

  it('no policy that the configuration leaves out', () => {
    const { latencyPolicy: _, requestPolicy: _other, ...without } = service;
    expect(planAutoscaling(bare, without).policies).toMatchObject({ cpu: {}, latency: undefined });
    expect(planAutoscaling(present(), without).drift).toEqual([
      'policy buywhere-api-latency-scaling: not configured; it stays',
      'policy buywhere-api-request-scaling: not configured; it stays',
    ]);
  });
});

describe('a CPU policy that spells its metric out', () => {
  it('is the CPU policy: nothing is put beside it, and it keeps its way to name the metric', () => {
    const now = changed('cpu', { metric: customizedCpuText });
    expect(plan(now)).toMatchObject({ action: 'none', policies: {}, drift: [] });
    const { policies } = plan(changed('cpu', { metric: customizedCpuText, target: 55 }));
    expect(policies.cpu).toMatchObject({ to: { metric: customizedCpuText, target: 70 } });
    expect(metricOf('cpu', service, customizedCpuText)).toEqual({
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Statistic: 'Average',
      Dimensions: [
        { Name: 'ClusterName', Value: service.cluster },
        { Name: 'ServiceName', Value: service.service },
      ],
    });
  });

  it('is no policy on another metric', () => {
    expect(sameMetric(customizedCpuText, 'ECSServiceAverageMemoryUtilization')).toBe(false);
    expect(sameMetric('ECSServiceAverageMemoryUtilization', customizedCpuText)).toBe(false);
  });
});

describe('a CPU policy on the 20-second metric', () => {
  const fine = 'ECSServiceAverageCPUUtilizationHighResolution';

  it('is the CPU policy: nothing is put beside it, and it is no drift', () => {
    expect(plan(changed('cpu', { metric: fine }))).toMatchObject({ action: 'none', policies: {}, drift: [] });
  });

  it('gives way to the policy on the wanted metric, which is listed after it', () => {
    const both = present(({ tracking }) => {
      const [cpu] = tracking;
      if (cpu) tracking.unshift({ ...cpu, name: 'fine', metric: fine, target: 20 });
    });
    expect(plan(both)).toMatchObject({ action: 'none', policies: {} });
  });

  it('keeps its metric where its target changes', () => {
    const { policies } = plan(changed('cpu', { metric: fine, target: 55 }));
    expect(policies.cpu).toMatchObject({
      from: { metric: fine, target: 55 },
      to: { metric: fine, target: 70 },
    });
  });
});

describe('the drift', () => {
  it.each<[string, PresentAutoscaling]>([
    ['min: 2, configured is 1', withBounds({ min: 2 })],
    ['max: 20, configured is 10', withBounds({ max: 20 })],
    ['min: absent, configured is 1', present((draft) => void delete draft.bounds)],
    ['CPU target: 50 %, configured is 70 %', changed('cpu', { target: 50 })],
    ['CPU scale-out cooldown: 30 s, configured is 60 s', changed('cpu', { scaleOutCooldownSeconds: 30 })],
    ['CPU scale-in cooldown: 180 s, configured is 300 s', changed('cpu', { scaleInCooldownSeconds: 180 })],
    ['CPU policy may scale in: no, configured is yes', changed('cpu', { disableScaleIn: true })],
    ['latency target: 100 ms, configured is 80 ms', changed('latency', { target: 0.1 })],
    [
      'request rate target: 400/min per task, configured is 280/min per task',
      changed('requests', { target: 400 }),
    ],
    ['latency target: absent, configured is 80 ms', present((draft) => void draft.tracking.splice(1, 1))],
    ['policy nightly: not configured; it stays', present((draft) => void draft.others.push('nightly'))],
  ])('%s', (line, now) => {
    expect(plan(now).drift).toContain(line);
  });
});

describe('it holds, and writes nothing,', () => {
  it.each<[string, PresentAutoscaling, AutoscalingParameters, boolean, string]>([
    [
      'where max would remove tasks at once',
      withDesired(8),
      { maxCapacity: 5 },
      false,
      'max 5 is below the 8 desired tasks',
    ],
    [
      'where a lower max needs an approval',
      withBounds({ max: 20 }),
      {},
      true,
      'max 20 → 10 would reduce capacity, which needs an approval here. Keep it with maxCapacity 20',
    ],
    [
      'where a lower min needs an approval',
      withBounds({ min: 3 }),
      {},
      true,
      'min 3 → 1 would reduce capacity, which needs an approval here. Keep it with minCapacity 3',
    ],
    ['above the ceiling', present(), { maxCapacity: 21 }, true, 'max 21 is above the ceiling of 20'],
    ['where min is above max', present(), { minCapacity: 12 }, true, 'min 12 is above max 10'],
    [
      'where the name belongs to a policy on something else',
      changed('latency', { metric: 'something else' }),
      {},
      true,
      'the name buywhere-api-latency-scaling is taken',
    ],
  ])('%s', (_case, now, parameters, approval, reason) => {
    const made = plan(now, parameters, approval);
    expect(made.action).toBe('hold');
    expect(textsOf(made.reasons)).toEqual([expect.stringContaining(reason)]);
  });

  it('and lowers nothing without an approval unless it is told so', () => {
    expect(planAutoscaling(withBounds({ max: 20 }), service).action).toBe('hold');
  });

  it.each<[string, PresentAutoscaling, AutoscalingParameters]>([
    ['min and max are the same', present(), { minCapacity: 10 }],
    ['max is the ceiling', present(), { maxCapacity: 20 }],
    ['max is the desired count', withDesired(10), {}],
  ])('but not where %s', (_, now, parameters) => {
    expect(plan(now, parameters).action).not.toBe('hold');
  });

  it('but lowers both where no approval is needed, as far as no task goes', () => {
    const made = plan(withBounds({ min: 3, max: 20 }), {}, false);
    expect(made).toMatchObject({ action: 'configure', target: { to: { min: 1, max: 10 } } });
  });
});

it('says after the writes what is not as written', () => {
  const autoscaling = plan(changed('cpu', { target: 50 }));
  const change = { label: 'CPU target', from: '50 %', to: '70 %' };
  expect(autoscalingReasons({ autoscaling, checked: plan(present()) })).toEqual([
    because('setting-differs', change),
  ]);
  expect(autoscalingReasons({ autoscaling, checked: autoscaling })).toEqual([
    because('setting-not-written', change),
  ]);
  const held = plan(present(), { maxCapacity: 21 });
  expect(autoscalingReasons({ autoscaling, checked: held })).toEqual(held.reasons);
  expect(autoscalingReasons({ autoscaling })).toEqual(autoscaling.reasons);
  expect(autoscalingReasons({})).toBeUndefined();
});
