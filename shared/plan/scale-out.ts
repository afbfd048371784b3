import { firingAlerts } from '../alerts/firing.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { hashOf } from '../core/hash.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';
import type { PoolsRead } from '../document/pool-settings.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import type { RestoreTo } from '../document/settings.ts';
import type { Verification } from '../document/verification.ts';
import { askedJustNow } from '../drift/asked-just-now.ts';
import type { LastWrite } from '../drift/last-write.ts';
import { cutByAutoscaling } from '../drift/person-change.ts';
import { because } from '../format/reasons.ts';
import { looksRaised } from '../incident/snapshot.ts';
import { allowedForTraffic, neededTasks } from './capacity.ts';
import type { Decision } from './decision.ts';
import { type Demand, trafficDemand } from './demand.ts';
import { autoscalingChanges } from './emergency-settings.ts';
import { lostTasks } from './failed-starts.ts';
import { ceilingOf, guards } from './guards/limits.ts';
import { poolChanges } from './guards/pool-room.ts';
import { whySidecarsFit } from './guards/sidecars.ts';
import { personAsWell, strongest, unreadAlerts } from './joined-alerts.ts';
import { decide, personFirst } from './scale-out-decision.ts';
import { isUnseen } from './unseen.ts';

/** What the run has done so far, for the plan of a later round. */
export interface Earlier {
  plan?: Plan | undefined;
  verification?: Verification | undefined;
  /** What a person changed since this run last wrote. */
  changedByPerson?: readonly Reason[];
  /** Alerts that joined the run. */
  joined?: readonly string[] | undefined;
  /** When this incident began to write, by an earlier run or this one. */
  writingSince?: string | undefined;
  /** The count that this incident last wrote, and when: ECS may not show it yet. */
  lastWritten?: Pick<LastWrite, 'desired' | 'desiredAt'> | undefined;
  /** What a person changed since an earlier run of this incident, and where the way back therefore ends. */
  restoreTo?: RestoreTo | undefined;
  /** What the pools said at this look; absent where nobody could ask them, or there are none. */
  pools?: Pick<PoolsRead, 'room' | 'raises' | 'slots'> | undefined;
}

type PlannedChanges = Pick<Plan, 'desired' | 'bounds' | 'cpuPolicy' | 'pools' | 'restoreTo'>;
interface Sized extends Decision {
  changes: PlannedChanges;
  /** More tasks are needed than are allowed. */
  atLimit: boolean;
}

/**
 * What an emergency run should do about what was assessed. Pure. The alert's own action from the Quick Reference comes
 * first; the threshold table may raise it, and what would make things worse (an exhausted pool, tasks that cannot
 * start) overrules it.
 */
export function planScaleOut(
  request: Request,
  assessment: Assessment,
  service: ServiceConfig,
  config: Config,
  earlier: Earlier = {},
): Plan {
  const previous = earlier.plan;
  const demand = trafficDemand(assessment, service, config);
  const decision =
    personFirst(earlier.changedByPerson ?? []) ??
    wanted(request, assessment, demand, service, config, earlier);
  const sized = withCapacity(decision, assessment, demand, service, config, earlier);
  const unread = unreadAlerts(firingAlerts(request.alert, earlier.joined), assessment);
  const bounded = boundedWatch(sized, previous, unread, config);
  const lost = lostRecord(earlier, assessment, service);
  const { waits } = bounded;
  const person = previous ? [] : personAsWell(request, earlier.joined, bounded.action);
  // Where people have to hear of something, the run does not end without a word.
  const untold = person.length + lost.length > 0;
  const action = untold && bounded.action === 'none' ? 'watch' : bounded.action;
  const reasons = [...person, ...bounded.reasons, ...lost];
  const watching = action === 'watch' || waits;
  const obstacle = waits ? obstacleIn(reasons) : undefined;
  const { watch, verify } = config.timing;
  return {
    action,
    ...sized.changes,
    dryRun: request.dryRun,
    approvalRequired: false,
    approvalSeconds: config.approval.expiresAfterSeconds,
    round: (previous?.round ?? 0) + (action === 'scale-out' ? 1 : 0),
    watched: (previous?.watched ?? 0) + (action === 'watch' ? 1 : 0),
    limitReached: previous?.limitReached || sized.atLimit,
    waits,
    ...waitingFor(obstacle, assessment, previous, config),
    tell: untold || (watching && isNews({ obstacle, atLimit: sized.atLimit }, previous)),
    nextCheckSeconds: watching ? watch.intervalSeconds : verify.intervalSeconds,
    reasons,
    hash: hashOf({ service: request.service, ...sized.changes }),
  };
}

/** What the situation asks for; in a later round also what traffic that has grown meanwhile asks for. */
function wanted(
  request: Request,
  assessment: Assessment,
  demand: Demand,
  service: ServiceConfig,
  config: Config,
  { plan: previous, writingSince, joined, pools }: Earlier,
): Decision {
  const since = request.receivedAt;
  if ('unknown' in assessment.service) {
    return strongest(request, joined, (one) => decide(one, assessment, false, since));
  }
  const view = assessment.service;
  // What an earlier run of the incident asked for, and is still missing, speaks as well.
  const missing = view.running < view.desired;
  const carried = demand.tasks !== undefined && demand.tasks <= view.desired;
  const startsSince = (missing && writingSince) || since;
  const awaited = {
    code: previous?.waits ? previous.waiting?.told.at(-1) : undefined,
    justOver: isUnseen(previous?.waiting?.until, assessment, config),
  };
  const decision = strongest(request, joined, (one) =>
    decide(one, assessment, carried, startsSince, awaited),
  );
  const cut = cutSince(assessment, previous);
  if (cut && passive.has(decision.action))
    return { action: 'scale-out', reasons: [because('cut-by-autoscaling', cut)] };
  const allowed = allowedForTraffic(demand, guards(view, service, config, pools?.room, pools?.slots)) ?? 0;
  if (previous?.action !== 'scale-out' || !passive.has(decision.action)) return decision;
  if (allowed <= view.desired) return decision;
  return { action: 'scale-out', reasons: [because('traffic-needs', { needed: allowed })] };
}

const passive: ReadonlySet<Plan['action']> = new Set(['watch', 'none']);

/** What this run asked for, and what autoscaling has made of it by itself. */
function cutSince(assessment: Assessment, previous: Plan | undefined) {
  const from = previous?.action === 'scale-out' ? previous.desired?.to : undefined;
  const to = cutByAutoscaling(from, assessment);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Turns the wish to scale out into numbers; where no more tasks are allowed, the run watches and people are told. */
function withCapacity(
  decision: Decision,
  assessment: Assessment,
  demand: Demand,
  service: ServiceConfig,
  config: Config,
  earlier: Earlier,
): Sized {
  const { pools } = earlier;
  if (decision.action !== 'scale-out') {
    const raises = decision.action === 'relieve-pool' ? pools?.raises : undefined;
    return { ...decision, changes: raises ? { pools: raises } : {}, atLimit: false };
  }
  if ('unknown' in assessment.service) {
    const why = assessment.service.unknown.text;
    const reasons = [...decision.reasons, because('service-unknown', { why })];
    return { action: 'hold', reasons, changes: {}, atLimit: false };
  }
  const view = assessment.service;
  const limits = guards(view, service, config, pools?.room, pools?.slots);
  const needed = neededTasks(demand, assessment, view, service, limits, cpuTells(assessment, earlier));
  const asked = cutSince(assessment, earlier.plan)?.from ?? 0;
  const capacity = { ...needed, tasks: Math.max(needed.tasks, Math.min(asked, ceilingOf(service))) };
  const reasons = [...decision.reasons, ...capacity.reasons];
  if (capacity.tasks <= view.desired) {
    reasons.push(
      ...whySidecarsFit(service, needed, pools?.slots),
      because('no-more-allowed', { desired: view.desired }),
    );
    return { action: 'watch', reasons, changes: {}, atLimit: true };
  }
  const ahead = askedJustNow(capacity.tasks, assessment, earlier.lastWritten);
  if (ahead) return { action: 'watch', reasons: [...reasons, ahead.reason], changes: {}, atLimit: false };
  const { restoreTo } = earlier;
  const raised = autoscalingChanges(assessment.autoscaling, capacity.tasks, service, reasons, limits);
  const max = raised.bounds?.to.max;
  reasons.push(...whySidecarsFit(service, { limitedBy: needed.limitedBy, max }, pools?.slots));
  const changes = {
    desired: { from: view.desired, to: capacity.tasks },
    ...raised,
    ...poolChanges(capacity.tasks, view, service, config, pools?.room, reasons),
    ...(restoreTo ? { restoreTo } : {}),
  };
  reasons.push(...lostTasks(assessment), ...(restoreTo?.reasons ?? []));
  return { action: 'scale-out', reasons, changes, atLimit: false };
}

/** In a later round CPU speaks of the tasks before, until a point began after all the wanted ones ran. */
function cpuTells({ metrics }: Assessment, { plan, verification }: Earlier): boolean {
  if ((plan?.round ?? 0) === 0) return true;
  const { at } = metrics.cpuPercent;
  const settled = verification?.settledSince;
  return at !== undefined && settled !== undefined && Date.parse(at) >= Date.parse(settled);
}

/** Whether people have not heard yet what keeps the run from adding tasks. */
const isNews = (
  { obstacle, atLimit }: { obstacle: string | undefined; atLimit: boolean },
  previous: Plan | undefined,
): boolean =>
  (atLimit && !previous?.limitReached) ||
  (obstacle !== undefined && !previous?.waiting?.told.includes(obstacle));

/** What it waits for at this look; otherwise what earlier looks have noted. */
function waitingFor(
  obstacle: string | undefined,
  { at }: Assessment,
  previous: Plan | undefined,
  { timing }: Config,
): Pick<Plan, 'waiting'> {
  const before = previous?.waiting;
  if (obstacle === undefined) return before ? { waiting: before } : {};
  const next = Date.parse(at) + timing.watch.intervalSeconds * 1000;
  const told = (before?.told ?? []).filter((code) => code !== obstacle);
  const looks = (before?.looks ?? 0) + 1;
  return { waiting: { told: [...told, obstacle], looks, until: new Date(next).toISOString() } };
}

/** Says so where the settings are an emergency's: not in a later round or run of the incident, where they are its own. */
function lostRecord(
  { plan, writingSince }: Earlier,
  { autoscaling }: Assessment,
  service: ServiceConfig,
): Reason[] {
  const isFirst = plan === undefined && writingSince === undefined;
  return isFirst && looksRaised(autoscaling, service) ? [because('left-raised')] : [];
}

/** What stands in the way of more tasks, and may end by itself: a dependency comes back, a person relieves the pool. */
const passing: ReadonlySet<string> = new Set(['dependency-failed', 'database-slow', 'pool-first']);

const obstacleIn = (reasons: readonly Reason[]): string | undefined =>
  reasons.find(({ code }) => passing.has(code))?.code;

/**
 * Watching and waiting have a deadline: after it, what never became critical needs nothing, and what is still at the limit
 * or in the way, or an alert whose own metric cannot be read, needs a person.
 */
function boundedWatch(
  sized: Sized,
  previous: Plan | undefined,
  unread: readonly Reason[],
  config: Config,
): Decision & Pick<Plan, 'waits'> {
  const { action, reasons } = sized;
  const { intervalSeconds, deadlineSeconds: seconds } = config.timing.watch;
  const isLate = (looks = 0) => (looks + 1) * intervalSeconds > seconds;
  if (obstacleIn(reasons) !== undefined)
    return isLate(previous?.waiting?.looks)
      ? { action, waits: false, reasons: [because('waited-in-vain', { seconds }), ...reasons] }
      : { action, waits: true, reasons: [...reasons, because('looks-again', { seconds })] };
  const waits = false;
  if (action !== 'watch' || !isLate(previous?.watched)) return { action, waits, reasons };
  if (unread.length > 0) return { action: 'hold', waits, reasons: [...unread, ...reasons] };
  return sized.atLimit
    ? { action: 'hold', waits, reasons: [because('watched-at-limit', { seconds }), ...reasons] }
    : { action: 'none', waits, reasons: [because('watched-enough', { seconds }), ...reasons] };
}
