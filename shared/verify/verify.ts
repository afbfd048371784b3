import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { throttledDelayFactor } from '../core/throttling.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { PresentSettings } from '../document/settings.ts';
import type { Verification } from '../document/verification.ts';
import { presentSettings } from '../drift/person-change.ts';
import { because } from '../format/reasons.ts';
import { calmLimits } from '../plan/calm-limits.ts';
import { startSeconds, tasksAtRest } from '../plan/demand.ts';
import { scaleInBlockers } from '../plan/scale-in.ts';
import { affectsUsers } from '../plan/scale-out-blockers.ts';
import { isUnseen } from '../plan/unseen.ts';
import { type Calm, calm, step } from './calm.ts';
import type { Check, Goal, Verdict } from './check.ts';
import { cut } from './cut.ts';
import { recovered, wantedTasks } from './recovery.ts';
import { restored } from './restored.ts';
import { rolledBack } from './rolled-back.ts';

/**
 * One check of a polling loop (runbook: Step 4 Verify Scaling; polls with a deadline instead of `sleep 30`). Pure:
 * `reached`, `waiting`, `more` (enough tasks run and it is still critical: plan again), `failed`, or `alarm` (things
 * got worse while capacity went down).
 */
export function verify(check: Check, now: Assessment, service: ServiceConfig, config: Config): Verification {
  const started = startOf(check, now);
  const seconds = (Date.parse(now.at) - Date.parse(started)) / 1000;
  const loop = goesDown(check.goal) ? config.timing.calm : config.timing.verify;
  const deadlineSeconds = loop.deadlineSeconds * patienceOf(check) + slowStart(check, now, config);
  const blockers = scaleInBlockers(now, calmLimits(check.snapshot, service, config));
  const lasting = lastingStates(check, now, blockers, loop.intervalSeconds);
  const { calmSince, affectedSince, settledSince, downUntil } = lasting;
  const tasksNeeded = goesDown(check.goal) ? tasksAtRest(now, service) : undefined;
  const found = foundAtFirst(check, now);
  const paused = pausedSeconds(check, now, loop.intervalSeconds);
  const overdue = seconds - paused >= deadlineSeconds && !mayStillShow(lasting, now, config);
  const judged =
    needsThemAll(check, now, service, tasksNeeded, blockers) ??
    (check.goal === 'recovered'
      ? (cut(check, now) ??
        recovered({ check, now, service, config, settledSince, downUntil, late: overdue }))
      : judge(
          check,
          check.goal,
          now,
          { service, config, late: overdue },
          { calmSince, affectedSince, blockers },
        ));
  const late = judged.state === 'waiting' && overdue;
  return {
    goal: check.goal,
    state: late ? 'failed' : judged.state,
    since: started,
    ...lasting,
    ...(tasksNeeded === undefined ? {} : { tasksNeeded }),
    ...(paused > 0 ? { paused } : {}),
    mention: goesDown(check.goal) && (isTimeToMention(seconds, config) || hasVanished(check, blockers)),
    nextCheckSeconds: loop.intervalSeconds,
    ...(found ? { found } : {}),
    reasons: late
      ? [because('not-reached', { seconds: deadlineSeconds }), ...judged.reasons]
      : judged.reasons,
    ...(judged.differences ? { differences: judged.differences } : {}),
  };
}

/** Tasks that run at last, and a dependency that is back, get the time that metrics take to be seen. */
const mayStillShow = ({ settledSince, downUntil }: Lasting, now: Assessment, config: Config): boolean =>
  [settledSince, downUntil].some((since) => isUnseen(since, now, config));

/** A loop may take longer where AWS throttles. */
const patienceOf = ({ throttled }: Check): number => (throttled ? throttledDelayFactor : 1);

/** And where the service's tasks start more slowly than configured. Seconds. */
const slowStart = ({ goal }: Check, now: Assessment, config: Config): number =>
  goesDown(goal) ? 0 : startSeconds(now, config) - config.planning.taskStartSeconds;

/** For how long somebody has been awaited: ECS ends that by itself, so it is no failure and not for ever. */
function pausedSeconds(check: Check, now: Assessment, intervalSeconds: number): number {
  const waits = 'pause' in now.service && now.service.pause !== undefined;
  const before = check.previous?.goal === check.goal ? (check.previous.paused ?? 0) : 0;
  return before + (waits ? intervalSeconds : 0);
}

type Lasting = Pick<Verification, 'calmSince' | 'affectedSince' | 'settledSince' | 'downUntil'>;

/** Since when it is calm, users are affected, and all wanted tasks run, absent while not; and until when a dependency may have been down. */
function lastingStates(
  check: Check,
  now: Assessment,
  blockers: readonly Reason[],
  intervalSeconds: number,
): Lasting {
  const previous = previousOf(check);
  const isDown = now.health.api.down.length + now.health.mcp.down.length > 0;
  const nextLook = new Date(Date.parse(now.at) + intervalSeconds * 1000).toISOString();
  // What the plan had to wait for may have been down until then.
  const downUntil = isDown ? nextLook : (previous?.downUntil ?? check.plan?.waiting?.until);
  return {
    ...(blockers.length > 0 ? {} : { calmSince: previous?.calmSince ?? now.at }),
    ...(check.goal === 'calm' && affectsUsers(now)
      ? { affectedSince: previous?.affectedSince ?? now.at }
      : {}),
    ...(check.goal === 'recovered' && wantedTasksRun(check, now)
      ? { settledSince: previous?.settledSince ?? now.at }
      : {}),
    ...(check.goal === 'recovered' && downUntil !== undefined ? { downUntil } : {}),
  };
}

const goesDown = (goal: Goal) => goal === 'calm' || goal === 'step';

/** A run that waits for calm does not know yet what it will write: it remembers how it found the service. */
function foundAtFirst({ goal, previous }: Check, now: Assessment): PresentSettings | undefined {
  if (goal !== 'calm') return undefined;
  return (previous?.goal === 'calm' ? previous.found : undefined) ?? presentSettings(now);
}

/** Calm or not, while the traffic needs every task that there is, no step down can be taken. */
function needsThemAll(
  { plan, snapshot }: Check,
  now: Assessment,
  service: ServiceConfig,
  tasksNeeded: number | undefined,
  blockers: readonly Reason[],
): Verdict | undefined {
  if (tasksNeeded === undefined || 'unknown' in now.service || blockers.length > 0) return undefined;
  const { desired } = now.service;
  const target = plan?.desired?.to ?? snapshot?.desired ?? service.capacity.baseline.desired;
  if (desired <= target || desired > tasksNeeded) return undefined;
  return {
    state: 'waiting',
    reasons: [because('traffic-needs-all', { needed: tasksNeeded, desired })],
  };
}

/** Whether another period of being scaled out has passed since the previous check. */
function isTimeToMention(seconds: number, { notices, timing }: Config): boolean {
  const period = notices.stillScaledOutHours * 3600;
  return (
    Math.floor(seconds / period) > Math.floor(Math.max(0, seconds - timing.calm.intervalSeconds) / period)
  );
}

/** Traffic vanishes at this look: people hear of it at once, because nothing else may fire. */
function hasVanished({ previous }: Check, blockers: readonly Reason[]): boolean {
  const said = (reasons: readonly Reason[] = []) => reasons.some(({ code }) => code === 'traffic-vanished');
  return said(blockers) && !said(previous?.reasons);
}

// A new loop starts after every change, so an old verdict for the same goal is not continued once it was settled.
function previousOf({ previous, goal }: Check): Verification | undefined {
  return previous?.goal === goal && previous.state === 'waiting' ? previous : undefined;
}

/** A plan that says to wait on has changed nothing, so the deadline goes on: the two must not send each other round for ever. */
function startOf(check: Check, now: Assessment): string {
  const { previous, goal, plan } = check;
  if (previous?.goal === 'calm' && goal === 'calm' && plan?.action === 'wait') return previous.since;
  return previousOf(check)?.since ?? now.at;
}

function wantedTasksRun(check: Check, now: Assessment): boolean {
  if ('unknown' in now.service) return false;
  // One more may stay pending, as in a deployment: it is above what was asked for.
  return now.service.running >= wantedTasks(check, now.service);
}

function judge(
  check: Check,
  goal: Exclude<Goal, 'recovered'>,
  now: Assessment,
  { service, config, late }: { service: ServiceConfig; config: Config; late: boolean },
  since: Calm,
): Verdict {
  switch (goal) {
    case 'rolled-back':
      return rolledBack(now, check.rollback, check.request.receivedAt);
    case 'calm':
      return calm(now, config, since);
    case 'step':
      return step(now, config, since);
    case 'restored':
      return restored(check, now, { service, late });
  }
}
