import type { TrackingPolicy } from '../document/autoscaling.ts';
import type { ChangeRow } from '../format/changes.ts';
import {
  type PolicyKind,
  type PresentAutoscaling,
  policyKinds,
  sameMetric,
  type WantedAutoscaling,
} from './settings.ts';

/** The policy on the wanted metric, whatever its name: AWS allows one per metric, so it is changed in place. */
export const presentPolicy = ({ tracking }: PresentAutoscaling, wanted: TrackingPolicy) =>
  tracking.find(({ metric }) => metric === wanted.metric) ??
  tracking.find(({ metric }) => sameMetric(metric, wanted.metric));

/** Every setting that differs, as it is and as it is wanted. */
export function rowsBetween(present: PresentAutoscaling, wanted: WantedAutoscaling): ChangeRow[] {
  const { bounds } = present;
  const row = (label: string, from: number | undefined, to: number) => ({
    label,
    from: from === undefined ? 'absent' : `${from}`,
    to: `${to}`,
  });
  return [
    row('min', bounds?.min, wanted.min),
    row('max', bounds?.max, wanted.max),
    ...policyKinds.flatMap((kind) => {
      const policy = wanted.policies[kind];
      return policy ? policyRows(kind, presentPolicy(present, policy) ?? null, policy) : [];
    }),
  ].filter(({ from, to }) => from !== to);
}

const units: Record<PolicyKind, (target: number) => string> = {
  cpu: (target) => `${target} %`,
  latency: (target) => `${Math.round(target * 1e6) / 1000} ms`,
  requests: (target) => `${target}/min per task`,
};
const labels: Record<PolicyKind, string> = { cpu: 'CPU', latency: 'latency', requests: 'request rate' };

/** The settings of one policy that differ; all of them where there is none yet. */
export function policyRows(kind: PolicyKind, from: TrackingPolicy | null, to: TrackingPolicy): ChangeRow[] {
  const row = (label: string, text: (policy: TrackingPolicy) => string) => ({
    label: `${labels[kind]} ${label}`,
    from: from ? text(from) : 'absent',
    to: text(to),
  });
  return [
    row('target', ({ target }) => units[kind](target)),
    row('scale-out cooldown', (policy) => `${policy.scaleOutCooldownSeconds} s`),
    row('scale-in cooldown', (policy) => `${policy.scaleInCooldownSeconds} s`),
    row('policy may scale in', ({ disableScaleIn }) => (disableScaleIn ? 'no' : 'yes')),
  ].filter((one) => one.from !== one.to);
}

const suspensions = [
  ['dynamicScalingIn', 'scale-in'],
  ['dynamicScalingOut', 'scale-out'],
  ['scheduledScaling', 'scheduled scaling'],
] as const;

/** What differs from the configuration, in words, and no write of this product changes. */
export function leftAlone(
  { bounds, tracking, others }: PresentAutoscaling,
  configured: WantedAutoscaling,
): string[] {
  const suspended = suspensions.flatMap(([key, name]) => (bounds?.suspended[key] ? [name] : []));
  const wanted = policyKinds.flatMap((kind) => configured.policies[kind] ?? []);
  const renamed = wanted.flatMap((policy) => {
    const found = tracking.find(({ metric }) => sameMetric(metric, policy.metric));
    return found && found.name !== policy.name
      ? [`policy ${policy.name}: its name is ${found.name}; it keeps it`]
      : [];
  });
  const foreign = tracking.filter(
    ({ metric }) => !wanted.some((policy) => sameMetric(policy.metric, metric)),
  );
  return [
    ...suspended.map((name) => `${name} suspended: yes, configured is no; it stays`),
    ...renamed,
    ...[...foreign.map(({ name }) => name), ...others].map(
      (name) => `policy ${name}: not configured; it stays`,
    ),
  ];
}
