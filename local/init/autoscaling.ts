import { metricOf, metricText, type PolicyKind, sameMetric } from '../../shared/autoscaling/settings.ts';
import type { TrackingPolicy } from '../../shared/document/autoscaling.ts';
import type { Found } from './read.ts';
import type { Balanced, CpuTarget, Draft, Told, Wanted } from './stage-file.ts';
import { assumed, found as isFound, leftOut } from './told.ts';

/** The runbook's, for a service that has no CPU policy yet. */
const runbookCpu: CpuTarget = { target: 70, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 };
const runbookEmergencyCpu: CpuTarget = {
  target: 50,
  scaleOutCooldownSeconds: 30,
  scaleInCooldownSeconds: 180,
};

type Capacity = Pick<Draft, 'baseline' | 'emergency'>;

/** At least one task, as this product needs it; the ceiling is twice the normal one, as the runbook's. */
export function capacityOf({ desired, bounds }: Found): [Capacity, Told[]] {
  const min = Math.max(1, bounds?.min ?? desired);
  const max = Math.max(min, bounds?.max ?? desired);
  const baseline = { desired: Math.min(max, Math.max(min, desired)), min, max };
  const emergency = { min: Math.max(2, min), max: 2 * max };
  const text = `${baseline.min}, ${baseline.max}`;
  const suspended = Object.values(bounds?.suspended ?? {}).some(Boolean);
  const [boundsState, boundsWhy] = !bounds
    ? [assumed, 'no scalable target is registered: the present count, so that nothing scales by itself']
    : min !== bounds.min || max !== bounds.max
      ? [assumed, `registered are ${bounds.min}, ${bounds.max}; each must be 1 or more`]
      : [isFound, suspended ? 'scalable target; some of its scaling is suspended' : 'scalable target'];
  const desiredLine =
    baseline.desired === desired
      ? isFound('capacity.baseline.desired', `${desired}`, 'as it is now: is this a quiet moment?')
      : assumed(
          'capacity.baseline.desired',
          `${baseline.desired}`,
          `it is ${desired} now, outside of min and max`,
        );
  return [
    { baseline, emergency },
    [
      desiredLine,
      boundsState('capacity.baseline min, max', text, boundsWhy),
      assumed(
        'capacity.emergency min, max',
        `${emergency.min}, ${emergency.max}`,
        'twice the normal max: the ceiling of every run',
      ),
    ],
  ];
}

type Policies = Pick<Draft, 'cpuPolicy' | 'latencyPolicy' | 'requestPolicy'>;

/** The policies that this product changes, and those that stay as they are. */
export function policiesOf(wanted: Wanted, balanced: Balanced, found: Found): [Policies, Told[]] {
  const { loadBalancer, targetGroup } = balanced;
  const names = {
    ...wanted,
    ...(loadBalancer && targetGroup ? { loadBalancer, targetGroup } : {}),
  };
  const following = (kind: PolicyKind): TrackingPolicy | undefined =>
    kind === 'cpu' || (loadBalancer && targetGroup)
      ? found.tracking.find(({ metric }) => sameMetric(metric, metricText(metricOf(kind, names))))
      : undefined;
  const [cpu, latency, requests] = [following('cpu'), following('latency'), following('requests')];
  const baseline = cpu ? targetOf(cpu) : runbookCpu;
  const cpuPolicy = {
    name: cpu?.name ?? `${wanted.service}-cpu-scaling`,
    baseline,
    emergency: emergencyOf(baseline),
  };
  const known = [cpu, latency, requests].map((policy) => policy?.name);
  const others = [...found.tracking.map(({ name }) => name), ...found.otherPolicies].filter(
    (name) => !known.includes(name),
  );
  const { target, scaleOutCooldownSeconds: out, scaleInCooldownSeconds: back } = cpuPolicy.emergency;
  return [
    {
      cpuPolicy,
      latencyPolicy: latency && {
        name: latency.name,
        ...targetOf(latency),
        target: milliseconds(latency.target),
      },
      requestPolicy: requests && { name: requests.name, ...targetOf(requests) },
    },
    [
      cpu
        ? isFound('cpuPolicy', `${cpu.name}, ${cpu.target} %`, 'scaling policy')
        : assumed(
            'cpuPolicy',
            `${cpuPolicy.name}, ${baseline.target} %`,
            "the service has none: the runbook's",
          ),
      assumed(
        'cpuPolicy.emergency',
        `${target} %, ${out} s, ${back} s`,
        'as far below as the runbook goes (70 to 50)',
      ),
      ...(latency
        ? [isFound('latencyPolicy', `${latency.name}, ${milliseconds(latency.target)} ms`, 'scaling policy')]
        : []),
      ...(requests
        ? [isFound('requestPolicy', `${requests.name}, ${requests.target}`, 'scaling policy')]
        : []),
      ...others.map((name) =>
        leftOut('scaling policy', name, 'no policy that this product changes: it stays'),
      ),
    ],
  ];
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1000;

const targetOf = ({
  target,
  scaleOutCooldownSeconds,
  scaleInCooldownSeconds,
}: TrackingPolicy): CpuTarget => ({
  target,
  scaleOutCooldownSeconds,
  scaleInCooldownSeconds,
});

/** As the runbook's is to its own, and never slower than on a quiet day. */
const emergencyOf = (baseline: CpuTarget): CpuTarget => ({
  target: Math.max(1, Math.floor((baseline.target * runbookEmergencyCpu.target) / runbookCpu.target)),
  scaleOutCooldownSeconds: Math.min(
    baseline.scaleOutCooldownSeconds,
    runbookEmergencyCpu.scaleOutCooldownSeconds,
  ),
  scaleInCooldownSeconds: Math.min(
    baseline.scaleInCooldownSeconds,
    runbookEmergencyCpu.scaleInCooldownSeconds,
  ),
});
