import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { hashOf } from '../core/hash.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';
import type { Request } from '../document/request.ts';
import type { Bounds, CpuPolicy } from '../document/settings.ts';
import type { Written } from '../drift/last-write.ts';
import { countsByAutoscaling, presentSettings } from '../drift/person-change.ts';
import { endOfWayBack, keepPersonsChanges } from '../drift/restore-target.ts';
import { metricLabel, metricValue } from '../format/metrics.ts';
import { otherChanges, type Snapshot } from '../incident/snapshot.ts';
import { tasksAtRest } from './demand.ts';

/**
 * The way back to the snapshot (runbook: Scale-In Procedure), or to the configured baseline where no snapshot exists.
 * Waits while anything is not `ok`: an unknown metric blocks scale-in (invariant 4). Pure.
 */
export function planScaleIn(
  request: Request,
  assessment: Assessment,
  snapshot: Snapshot | undefined,
  service: ServiceConfig,
  config: Config,
  previous: Plan | undefined,
  written: Written = {},
): Plan {
  const required = config.approval.requiredForScaleIn;
  const base = {
    dryRun: request.dryRun,
    approvalRequired: required,
    approvalSeconds: config.approval.expiresAfterSeconds,
    round: (previous?.round ?? 0) + 1,
    watched: 0,
    limitReached: false,
    tell: false,
    nextCheckSeconds: config.timing.calm.intervalSeconds,
  };
  const waiting = (reasons: string[]): Plan => ({
    ...base,
    action: 'wait',
    reasons,
    hash: hashOf({ wait: reasons }),
  });
  const blockers = scaleInBlockers(assessment);
  if (blockers.length > 0) return waiting(blockers);
  const present = presentSettings(assessment);
  if (!present) return waiting(unknownParts(assessment));
  const normal = endOfWayBack(targetOf(snapshot, service, present.bounds, present.cpuPolicy), written);
  const found = { ...present, setByAutoscaling: countsByAutoscaling(assessment) };
  const { target, kept: changed } = keepPersonsChanges(normal, found, written);
  const kept = [...(written.restoreTo?.reasons ?? []), ...changed].map((change) => `${change}: it stays`);
  const floor = Math.max(target.desired, service.capacity.baseline.min, target.bounds?.min ?? 1);
  const desired = { from: present.desired, to: Math.min(present.desired, floor) };
  const bounds = present.bounds && target.bounds && { from: present.bounds, to: target.bounds };
  const cpuPolicy = present.cpuPolicy &&
    target.cpuPolicy && { from: present.cpuPolicy, to: target.cpuPolicy };
  const changes = { desired, ...(bounds ? { bounds } : {}), ...(cpuPolicy ? { cpuPolicy } : {}) };
  const reasons = [
    ...metricNames.map((name) => {
      const { value, level } = assessment.metrics[name];
      return `${metricLabel(name)} ${metricValue(name, value)} is ${level} (warning above ${metricValue(name, config.thresholds[name].warning)})`;
    }),
    `the present traffic needs ${tasksAtRest(assessment, service)} tasks; no step goes below`,
    snapshot
      ? `back to the snapshot of ${snapshot.takenAt}: desired ${desired.from} → ${desired.to}`
      : `no snapshot exists, so back to the configured baseline: desired ${desired.from} → ${desired.to}`,
    ...kept,
    ...(snapshot ? otherChanges(snapshot, assessment) : []),
  ];
  return {
    ...base,
    action: 'scale-in',
    ...changes,
    kept,
    reasons,
    hash: hashOf({ service: request.service, ...changes }),
  };
}

/** A high request rate alone hurts nobody: no step goes below what it needs. An unknown one may hide anything. */
export const hurts = (name: MetricName): boolean => name !== 'requestRatePerMinute';

/** Why nothing may be scaled in now; empty when everything that hurts is ok, and everything is known. */
export function scaleInBlockers(assessment: Assessment): string[] {
  const metrics = metricNames.flatMap((name) => {
    const { level, value, unknown } = assessment.metrics[name];
    if (level === 'unknown') return [`${name} is unknown (${unknown?.text})`];
    return level === 'ok' || !hurts(name) ? [] : [`${name} ${value} is ${level}`];
  });
  const health = (['api', 'mcp'] as const).flatMap((endpoint) =>
    assessment.health[endpoint].level === 'ok'
      ? []
      : [`${endpoint} health: ${assessment.health[endpoint].detail}`],
  );
  const service = 'unknown' in assessment.service ? [assessment.service.unknown.text] : [];
  const deploying =
    'rollout' in assessment.service && assessment.service.rollout !== 'steady'
      ? ['a deployment is running']
      : [];
  return [...service, ...deploying, ...metrics, ...health];
}

const unknownParts = ({ service, autoscaling }: Assessment) =>
  [service, autoscaling].flatMap((part) => ('unknown' in part ? [part.unknown.text] : []));

function targetOf(
  snapshot: Snapshot | undefined,
  service: ServiceConfig,
  bounds: Bounds | undefined,
  policy: CpuPolicy | undefined,
) {
  if (snapshot) return { desired: snapshot.desired, bounds: snapshot.bounds, cpuPolicy: snapshot.cpuPolicy };
  const { baseline } = service.capacity;
  const normal = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
  return {
    desired: baseline.desired,
    bounds: bounds && { min: baseline.min, max: baseline.max, suspended: normal },
    cpuPolicy: policy && { ...policy, ...service.cpuPolicy.baseline },
  };
}
