import { alertOf } from './alerts.ts';
import type { Config, MetricName, ServiceConfig } from './config.ts';
import { metricNames } from './configured.ts';
import type { Assessment, Plan, Request, ServiceView, Verification } from './document.ts';
import { scaleInBlockers } from './scale-in-plan.ts';
import { startFailures } from './scale-out-plan.ts';
import { differences, otherChanges, type Snapshot } from './snapshot.ts';

type Goal = Verification['goal'];

/** What a check needs to know besides the present assessment. */
export interface Check {
  goal: Goal;
  request: Request;
  plan?: Plan | undefined;
  /** The assessment on which the plan was made. */
  before?: Assessment | undefined;
  snapshot?: Snapshot | undefined;
  /** The previous check of the same loop. */
  previous?: Verification | undefined;
}

type Verdict = Pick<Verification, 'state' | 'reasons'>;

/** Failed starts after which a run stops hoping that the next task will start. */
const failedStarts = 2;

/**
 * One check of a polling loop (runbook: Step 4 Verify Scaling; polls with a deadline instead of `sleep 30`). Pure:
 * `reached`, `waiting`, `more` (enough tasks run and it is still critical: plan again), `failed`, or `alarm` (things
 * got worse while capacity went down).
 */
export function verify(check: Check, now: Assessment, service: ServiceConfig, config: Config): Verification {
  const started = startOf(check, now);
  const seconds = (Date.parse(now.at) - Date.parse(started)) / 1000;
  const loop = check.goal === 'calm' || check.goal === 'step' ? config.timing.calm : config.timing.verify;
  const calmSince = scaleInBlockers(now).length > 0 ? undefined : (previousOf(check)?.calmSince ?? now.at);
  const settledSince = wantedTasksRun(check, now) ? (previousOf(check)?.settledSince ?? now.at) : undefined;
  const judged = judge(check, now, service, config, calmSince, settledSince);
  const late = judged.state === 'waiting' && seconds >= loop.deadlineSeconds;
  return {
    goal: check.goal,
    state: late ? 'failed' : judged.state,
    since: started,
    ...(calmSince ? { calmSince } : {}),
    ...(check.goal === 'recovered' && settledSince ? { settledSince } : {}),
    mention: check.goal === 'calm' && isTimeToMention(seconds, config),
    nextCheckSeconds: loop.intervalSeconds,
    reasons: late ? [`not reached within ${loop.deadlineSeconds} s`, ...judged.reasons] : judged.reasons,
  };
}

/** Whether another period of being scaled out has passed since the previous check. */
function isTimeToMention(seconds: number, { notices, timing }: Config): boolean {
  const period = notices.stillScaledOutHours * 3600;
  return (
    Math.floor(seconds / period) > Math.floor(Math.max(0, seconds - timing.calm.intervalSeconds) / period)
  );
}

// A new loop starts after every change, so an old verdict for the same goal is not continued once it was settled.
function previousOf({ previous, goal }: Check): Verification | undefined {
  return previous?.goal === goal && previous.state === 'waiting' ? previous : undefined;
}

function startOf(check: Check, now: Assessment): string {
  return previousOf(check)?.since ?? now.at;
}

function wantedTasksRun(check: Check, now: Assessment): boolean {
  if ('unknown' in now.service) return false;
  const { desired, running, pending } = now.service;
  return pending === 0 && running >= Math.max(check.plan?.desired?.to ?? 0, desired);
}

function judge(
  check: Check,
  now: Assessment,
  service: ServiceConfig,
  config: Config,
  calmSince: string | undefined,
  settledSince: string | undefined,
): Verdict {
  switch (check.goal) {
    case 'recovered':
      return recovered(check, now, service, config, settledSince);
    case 'rolled-back':
      return rolledBack(now);
    case 'calm':
      return calm(now, config, calmSince);
    case 'step':
      return step(now, config, calmSince);
    case 'restored':
      return restored(check, now);
  }
}

function recovered(
  check: Check,
  now: Assessment,
  service: ServiceConfig,
  config: Config,
  settledSince: string | undefined,
): Verdict {
  if ('unknown' in now.service) return { state: 'waiting', reasons: [now.service.unknown] };
  const view = now.service;
  const wanted = Math.max(check.plan?.desired?.to ?? 0, view.desired);
  const failures = startFailures(view, now.stoppedTasks);
  if (view.running < wanted && (view.failedTasks >= failedStarts || failures.length > 0)) {
    return {
      state: 'failed',
      reasons: [`${view.running} of ${wanted} tasks run; new tasks cannot start`, ...failures],
    };
  }
  if (!settledSince) {
    return {
      state: 'waiting',
      reasons: [`${view.running} of ${wanted} tasks run, ${view.pending} are starting`],
    };
  }
  if (now.health.api.level === 'critical')
    return { state: 'waiting', reasons: [`API health: ${now.health.api.detail}`] };
  const metric = alertOf(check.request.alert ?? 'HighLatencyP99').metric ?? 'latencyP99Seconds';
  const fired = now.metrics[metric];
  // A point that began before all tasks ran says nothing about them.
  const enough = `${view.running} of ${wanted} tasks run`;
  if (fired.level === 'unknown' || !fired.at || Date.parse(fired.at) < Date.parse(settledSince)) {
    return {
      state: 'waiting',
      reasons: [enough, `${metric}: no point yet since they run (${fired.reason ?? fired.at})`],
    };
  }
  const critical = metricNames.filter(
    (name) => now.metrics[name].level === 'critical' && name !== 'requestRatePerMinute',
  );
  if (critical.length === 0) return { state: 'reached', reasons: [enough, better(metric, check, now)] };
  const said = critical.map((name) => `${name} ${now.metrics[name].value} is still critical`);
  // Two whole minutes of points after the tasks ran: the first still holds the backlog's last requests.
  const patience = config.planning.metricDelaySeconds + 120;
  const waited = (Date.parse(now.at) - Date.parse(settledSince)) / 1000;
  const rate = now.metrics.requestRatePerMinute.value;
  if (
    rate !== undefined &&
    rate <= view.running * service.capacity.perTask.requestsPerMinute * config.planning.utilisation
  ) {
    // More tasks are not the answer: what waits has to be worked off, or something else is wrong.
    return {
      state: 'waiting',
      reasons: [`${enough}, enough for ${Math.round(rate)} requests per minute`, ...said],
    };
  }
  if (waited < patience) return { state: 'waiting', reasons: [enough, ...said] };
  const again = (check.plan?.round ?? 0) < config.limits.rounds;
  return again
    ? { state: 'more', reasons: [enough, ...said] }
    : {
        state: 'failed',
        reasons: [`${config.limits.rounds} rounds of scaling out did not help`, enough, ...said],
      };
}

function better(metric: MetricName, check: Check, now: Assessment): string {
  const before = check.before?.metrics[metric].value;
  const after = now.metrics[metric];
  return `${metric} ${before === undefined ? '' : `${before} → `}${after.value} is ${after.level}`;
}

function rolledBack(now: Assessment): Verdict {
  if ('unknown' in now.service) return { state: 'waiting', reasons: [now.service.unknown] };
  const view: ServiceView = now.service;
  if (view.rollout === 'failed') return { state: 'failed', reasons: startFailures(view, now.stoppedTasks) };
  if (view.rollout === 'in-progress')
    return { state: 'waiting', reasons: ['the deployment is still running'] };
  if (view.running < view.desired)
    return { state: 'waiting', reasons: [`${view.running} of ${view.desired} tasks run`] };
  if (now.health.api.level === 'critical')
    return { state: 'waiting', reasons: [`API health: ${now.health.api.detail}`] };
  return {
    state: 'reached',
    reasons: [`${view.running} tasks run ${view.taskDefinition}`, `API health: ${now.health.api.detail}`],
  };
}

function calm(now: Assessment, config: Config, calmSince: string | undefined): Verdict {
  const alarms = criticalNow(now);
  if (!calmSince) return { state: 'waiting', reasons: alarms.length > 0 ? alarms : scaleInBlockers(now) };
  const seconds = Math.round((Date.parse(now.at) - Date.parse(calmSince)) / 1000);
  const needed = config.timing.calm.forSeconds;
  const reason = `every metric has been ok for ${seconds} of ${needed} s`;
  return { state: seconds >= needed ? 'reached' : 'waiting', reasons: [reason] };
}

function step(now: Assessment, config: Config, calmSince: string | undefined): Verdict {
  const alarms = criticalNow(now);
  if (alarms.length > 0) return { state: 'alarm', reasons: ['fewer tasks made it worse', ...alarms] };
  const verdict = calm(now, config, calmSince);
  return calmSince ? { state: 'reached', reasons: ['every metric is ok after this step'] } : verdict;
}

function criticalNow(now: Assessment): string[] {
  return metricNames
    .filter((name) => now.metrics[name].level === 'critical')
    .map((name) => `${name} ${now.metrics[name].value} is critical`);
}

function restored(check: Check, now: Assessment): Verdict {
  if ('unknown' in now.service) return { state: 'waiting', reasons: [now.service.unknown] };
  if (!check.snapshot)
    return { state: 'reached', reasons: ['no snapshot exists: the configured baseline was written'] };
  const open = differences(check.snapshot, now.service, now.autoscaling);
  if (open.length > 0) return { state: 'waiting', reasons: open };
  const reason = `every setting is as in the snapshot of ${check.snapshot.takenAt}`;
  return { state: 'reached', reasons: [reason, ...otherChanges(check.snapshot, now)] };
}
