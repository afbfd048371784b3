import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { hashOf } from '../core/hash.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';
import type { HeldPool } from '../document/pool-settings.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import type { Bounds, CpuPolicy } from '../document/settings.ts';
import type { LastWrite } from '../drift/last-write.ts';
import { countsAskedJustNow, countsByAutoscaling, presentSettings } from '../drift/person-change.ts';
import { endOfWayBack, keepPersonsChanges, type RestoreTarget } from '../drift/restore-target.ts';
import { actionsOf, afterSchedules } from '../drift/scheduled-bounds.ts';
import { because } from '../format/reasons.ts';
import { otherChanges, type Snapshot } from '../incident/snapshot.ts';
import { givenBack } from '../pool/tuning.ts';
import { baselineOf } from './baseline.ts';
import { type CalmLimits, calmLimits, unwellEndpoints } from './calm-limits.ts';
import { tasksAtRest } from './demand.ts';
import { temporaryNameTaken } from './emergency-settings.ts';
import { ceilingOf, floorOf } from './guards/limits.ts';
import { isRestoredByHand } from './restored-by-hand.ts';
import { hadNoRequests, vanishedTraffic } from './vanished-traffic.ts';

/**
 * The way back to the snapshot (runbook: Scale-In Procedure), or to the configured baseline where no snapshot exists.
 * Waits while anything is not `ok`: an unknown metric blocks scale-in (invariant 4). Pure.
 * @param held what this incident has set in PgBouncer
 */
export function planScaleIn(
  request: Request,
  assessment: Assessment,
  snapshot: Snapshot | undefined,
  service: ServiceConfig,
  config: Config,
  previous: Plan | undefined,
  written: LastWrite = {},
  held: readonly HeldPool[] = [],
): Plan {
  const required = config.approval.requiredForScaleIn;
  const base = {
    dryRun: request.dryRun,
    approvalRequired: required,
    approvalSeconds: config.approval.expiresAfterSeconds,
    round: (previous?.round ?? 0) + 1,
    watched: 0,
    limitReached: false,
    waits: false,
    tell: false,
    nextCheckSeconds: config.timing.calm.intervalSeconds,
  };
  const waiting = (reasons: Reason[]): Plan => ({
    ...base,
    action: 'wait',
    reasons,
    hash: hashOf({ wait: reasons }),
  });
  const limits = calmLimits(snapshot, service, config);
  const blockers = [...scaleInBlockers(assessment, limits), ...unknownSchedules(assessment)];
  if (blockers.length > 0) return waiting(blockers);
  const present = presentSettings(assessment);
  if (!present) return waiting(unknownParts(assessment));
  const [asked = 0] = countsAskedJustNow(assessment);
  if (asked > present.desired) return waiting([because('autoscaling-ahead', { asked })]);
  const before = snapshot ?? baselineOf(service, present);
  const { target: later, reasons: scheduled } = scheduledSince(before, snapshot, assessment, written);
  const normal = endOfWayBack(later, written);
  const found = { ...present, setByAutoscaling: countsByAutoscaling(assessment) };
  const { target, kept: changed } = keepPersonsChanges(normal, found, written);
  const floor = Math.max(target.desired, floorOf(service, target));
  const desired = { from: present.desired, to: Math.min(present.desired, floor) };
  const kept = [...(written.restoreTo?.reasons ?? []), ...changed, ...maxFollows(target.bounds, desired.to)];
  const impossible = aboveCeiling(target.bounds, desired.to, service);
  if (impossible) return waiting([impossible]);
  const removes = temporaryPolicy(assessment, service);
  const changes = {
    desired,
    ...autoscalingBack(present, target, desired.to),
    ...(removes ? { removes } : {}),
    ...(held.length > 0 ? { pools: givenBack(held) } : {}),
  };
  const told = [...scheduled, ...kept, ...(snapshot ? otherChanges(snapshot, assessment) : [])];
  const back = { ...base, ...changes, kept, ...(scheduled.length > 0 ? { scheduled } : {}) };
  if (snapshot && isRestoredByHand(changes, { snapshot, target }, assessment))
    return {
      ...back,
      action: 'restored',
      desired: { from: desired.from, to: desired.from },
      reasons: [because('nothing-to-restore', { takenAt: snapshot.takenAt }), ...told],
      hash: hashOf({ restored: request.service }),
    };
  const reasons = [
    ...judgedMetrics(assessment, config),
    ...nobodyAsked(assessment, config),
    ...calmAboveWarning(assessment, limits, config),
    ...noStepBelow(assessment, service),
    snapshot
      ? because('back-to-snapshot', { takenAt: snapshot.takenAt, ...desired })
      : because('back-to-baseline', desired),
    ...(removes ? [because('temporary-policy-goes', { policy: removes })] : []),
    ...temporaryNameTaken(assessment.autoscaling, service),
    ...told,
  ];
  return { ...back, action: 'scale-in', reasons, hash: hashOf({ service: request.service, ...changes }) };
}

/** What comes at present needs so many tasks, where that is known. */
function noStepBelow(assessment: Assessment, service: ServiceConfig): Reason[] {
  const needed = tasksAtRest(assessment, service);
  return needed === undefined ? [] : [because('no-step-below', { needed })];
}

/** The max that holds what a person asked for: AWS refuses a max below min, and a max below the count cuts it at once. */
const roomFor = (bounds: Bounds, count: number): Bounds => ({
  ...bounds,
  max: Math.max(bounds.max, bounds.min, count),
});

/** Bounds, with room for the count, and the CPU policy: what is there goes back. */
function autoscalingBack(
  present: { bounds?: Bounds | undefined; cpuPolicy?: CpuPolicy | undefined },
  target: { bounds?: Bounds | undefined; cpuPolicy?: CpuPolicy | undefined },
  count: number,
): Pick<Plan, 'bounds' | 'cpuPolicy'> {
  return {
    ...(present.bounds && target.bounds
      ? { bounds: { from: present.bounds, to: roomFor(target.bounds, count) } }
      : {}),
    ...(present.cpuPolicy && target.cpuPolicy
      ? { cpuPolicy: { from: present.cpuPolicy, to: target.cpuPolicy } }
      : {}),
  };
}

/** Each metric against its warning limit, for the approvers. */
const judgedMetrics = ({ metrics }: Assessment, { thresholds }: Config): Reason[] =>
  metricNames.flatMap((metric) => {
    const { value, level, unknown } = metrics[metric];
    const { warning } = thresholds[metric];
    return level === 'none' || unknown?.cause === 'no-requests'
      ? []
      : [because('metric-judged', { metric, value, level, warning })];
  });

/** What approvers read where no request came at all: nothing else tells how the service would serve one. */
const nobodyAsked = (assessment: Assessment, { timing }: Config): Reason[] =>
  hadNoRequests(assessment)
    ? [
        because('no-requests', {
          seconds: timing.calm.withoutRequestsSeconds,
          healthy: Number(assessment.metrics.requestRatePerMinute.unknown?.healthy ?? 0),
        }),
      ]
    : [];

/** No plan has room for what a person raised above the ceiling: nothing is put before the approvers. */
function aboveCeiling(bounds: Bounds | undefined, count: number, service: ServiceConfig): Reason | undefined {
  if (!bounds) return undefined;
  const { max } = roomFor(bounds, count);
  const ceiling = ceilingOf(service);
  return max > Math.max(ceiling, bounds.max) ? because('above-ceiling', { count: max, ceiling }) : undefined;
}

function maxFollows(bounds: Bounds | undefined, count: number): Reason[] {
  if (!bounds) return [];
  const { max } = roomFor(bounds, count);
  return max === bounds.max
    ? []
    : [because('max-follows', { from: bounds.max, to: max, count, min: bounds.min })];
}

/** The runbook's temporary policy, unless it is the only CPU policy. */
function temporaryPolicy({ autoscaling }: Assessment, { cpuPolicy }: ServiceConfig): string | undefined {
  if (!('bounds' in autoscaling) || !autoscaling.temporaryPolicyFound) return undefined;
  const { temporaryName } = cpuPolicy;
  return autoscaling.cpuPolicy?.name === temporaryName ? undefined : temporaryName;
}

/** A high request rate alone hurts nobody: no step goes below what it needs. An unknown one may hide anything. */
export const hurts = (name: MetricName): boolean => name !== 'requestRatePerMinute';

/**
 * Why nothing may be scaled in now; empty when everything that hurts is ok, or as it was before the incident, and
 * everything is known.
 */
export function scaleInBlockers(assessment: Assessment, limits: CalmLimits): Reason[] {
  const metrics = metricNames.flatMap((metric) => {
    const { level, value, unknown } = assessment.metrics[metric];
    // Nobody was there to be served slowly: calm asks for more time, and approvers read of it.
    if (unknown?.cause === 'no-requests') return [];
    if (level === 'unknown') return [because('metric-unknown', { metric, why: unknown?.text ?? '' })];
    if (level === 'ok' || level === 'none' || !hurts(metric) || isCalm(metric, assessment, limits)) return [];
    return [because(level === 'critical' ? 'metric-critical' : 'metric-warning', { metric, value })];
  });
  const health = unwellEndpoints(assessment.health, limits.unheard).map((endpoint) => {
    const { level, detail } = assessment.health[endpoint];
    return because('health', { endpoint, level, detail });
  });
  const deploying =
    'rollout' in assessment.service && assessment.service.rollout !== 'steady'
      ? [deploymentRuns(assessment.service)]
      : [];
  const vanished = vanishedTraffic(assessment, limits.requestRate, limits.unheard);
  return [
    ...(vanished ? [vanished] : []),
    ...unknownService(assessment),
    ...deploying,
    ...metrics,
    ...health,
  ];
}

/** At warning, and no worse than this service usually is. */
function isCalm(metric: MetricName, { metrics }: Assessment, limits: CalmLimits): boolean {
  const { level, value = Number.POSITIVE_INFINITY } = metrics[metric];
  return level === 'warning' && value <= (limits.metrics[metric]?.upTo ?? 0);
}

/** What approvers read of metrics that are calm above their warning limit. */
const calmAboveWarning = (assessment: Assessment, limits: CalmLimits, { thresholds }: Config): Reason[] =>
  metricNames.flatMap((metric) => {
    const limit = limits.metrics[metric];
    if (!limit || !isCalm(metric, assessment, limits)) return [];
    const seen = { metric, value: assessment.metrics[metric].value, warning: thresholds[metric].warning };
    return 'usual' in limit
      ? [because('as-before-incident', { ...seen, usual: limit.usual })]
      : [because('held-by-policy', { ...seen, target: limit.target })];
  });

/** What a deployment waits for, where it waits for somebody. */
export const deploymentRuns = ({ pause }: Pick<ServiceView, 'pause'>): Reason =>
  pause ? because('deployment-awaits-action', { until: pause.until }) : because('deployment-running');

const unknownService = ({ service }: Assessment): Reason[] =>
  'unknown' in service ? [because('service-unknown', { why: service.unknown.text })] : [];

const unknownParts = (assessment: Assessment): Reason[] => [
  ...unknownService(assessment),
  ...('unknown' in assessment.autoscaling
    ? [because('autoscaling-unknown', { why: assessment.autoscaling.unknown.text })]
    : []),
];

/** What was due meanwhile is part of where the way back ends. */
function unknownSchedules({ autoscaling }: Assessment): Reason[] {
  const actions = 'scheduledActions' in autoscaling ? autoscaling.scheduledActions : undefined;
  return actions && 'unknown' in actions ? [because('schedules-unknown', { why: actions.unknown.text })] : [];
}

/** Where scheduled actions have led since the snapshot; what a person set between two runs comes after them. */
function scheduledSince(
  { desired, bounds, cpuPolicy }: RestoreTarget,
  snapshot: Snapshot | undefined,
  assessment: Assessment,
  { restoreTo }: LastWrite,
) {
  const target = { desired, bounds, cpuPolicy };
  if (!snapshot || restoreTo?.bounds) return { target, reasons: [] };
  const actions = actionsOf(snapshot.scheduledActions ?? [], assessment);
  const between = { since: snapshot.takenAt, until: assessment.at };
  return afterSchedules(target, actions, between);
}
