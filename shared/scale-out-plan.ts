import { alertOf } from './alerts.ts';
import { neededTasks } from './capacity.ts';
import type { Config, MetricName, ServiceConfig } from './config.ts';
import { metricNames } from './configured.ts';
import type { Assessment, AutoscalingView, Level, Plan, Request, ServiceView } from './document.ts';
import { metricLabel, metricValue } from './format.ts';
import { hashOf } from './hash.ts';

type Action = Plan['action'];
interface Decision {
  action: Action;
  reasons: string[];
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
  previous: Plan | undefined,
  changedByPerson: readonly string[] = [],
): Plan {
  const decision = boundedWatch(
    personFirst(changedByPerson) ?? decide(request, assessment),
    previous,
    config,
  );
  const watching = decision.action === 'watch';
  const { watch, verify } = config.timing;
  const base = {
    dryRun: request.dryRun,
    approvalRequired: false,
    approvalSeconds: config.approval.expiresAfterSeconds,
    round: (previous?.round ?? 0) + (decision.action === 'scale-out' ? 1 : 0),
    watched: (previous?.watched ?? 0) + (watching ? 1 : 0),
    nextCheckSeconds: watching ? watch.intervalSeconds : verify.intervalSeconds,
  };
  const finish = (plan: Omit<Plan, 'hash' | keyof typeof base>): Plan => {
    const { desired, bounds, cpuPolicy } = plan;
    return { ...base, ...plan, hash: hashOf({ service: request.service, desired, bounds, cpuPolicy }) };
  };
  if (decision.action !== 'scale-out') return finish(decision);
  if ('unknown' in assessment.service) {
    return finish({
      action: 'hold',
      reasons: [...decision.reasons, `the service is unknown (${assessment.service.unknown})`],
    });
  }
  const view = assessment.service;
  const capacity = neededTasks(assessment, view, service, config);
  const reasons = [...decision.reasons, ...capacity.reasons];
  if (capacity.tasks <= view.desired) {
    return finish({
      action: 'hold',
      reasons: [...reasons, `${view.desired} tasks are desired already; no more are allowed`],
    });
  }
  return finish({
    action: 'scale-out',
    desired: { from: view.desired, to: capacity.tasks },
    ...autoscalingChanges(assessment.autoscaling, capacity.tasks, service, reasons),
    reasons,
  });
}

/** Metrics that more tasks can improve; an exhausted pool gets worse with every task. */
const drivenByTasks = metricNames.filter(
  (name) =>
    name !== 'dbPoolPercent' && name !== 'pgbouncerPoolPercent' && name !== 'pgbouncerWaitMilliseconds',
);

function decide(request: Request, assessment: Assessment): Decision {
  const alert = request.alert === undefined ? undefined : alertOf(request.alert);
  if (alert?.action === 'escalate') {
    return { action: 'escalate', reasons: [`${request.alert}: the runbook asks for immediate escalation`] };
  }
  const blocked = blocker(request, assessment);
  if (blocked) return blocked;
  const at = (level: Level, names: readonly MetricName[] = metricNames) =>
    names.filter((name) => assessment.metrics[name].level === level);
  const said = (name: MetricName) =>
    `${metricLabel(name)} ${metricValue(name, assessment.metrics[name].value)}`;
  const critical = at('critical', drivenByTasks).map((name) => `${said(name)} is critical`);
  if (critical.length > 0) return { action: 'scale-out', reasons: critical };
  if (alert?.action === 'scale-out' && alert.metric) return decideByAlert(request, alert.metric, assessment);
  const warnings = at('warning').map((name) => `${said(name)} is at warning`);
  if (alert?.action === 'watch' || warnings.length > 0) {
    return { action: 'watch', reasons: warnings.length > 0 ? warnings : [`${request.alert} asks to watch`] };
  }
  const unknown = at('unknown').map(
    (name) => `${metricLabel(name)} is unknown (${assessment.metrics[name].reason})`,
  );
  if (unknown.length > 0) return { action: 'watch', reasons: unknown };
  return { action: 'none', reasons: ['every metric is ok and no alert asks for more'] };
}

/** A scale-out alert fires, but nothing is critical now: its own metric decides. Unknown is never taken for ok. */
function decideByAlert(
  { alert, firingSince }: Request,
  metric: MetricName,
  assessment: Assessment,
): Decision {
  const { level, value, reason, at } = assessment.metrics[metric];
  const said = `${metricLabel(metric)} ${metricValue(metric, value)}`;
  if (level === 'unknown') return { action: 'scale-out', reasons: [`${alert} fires; ${said} (${reason})`] };
  if (level === 'warning')
    return { action: 'scale-out', reasons: [`${alert} fires and ${said} is still at warning`] };
  // Prometheus is ahead of CloudWatch by minutes: a value from before the alert says nothing against it.
  if (firingSince && at && Date.parse(at) + 60_000 <= Date.parse(firingSince)) {
    const minute = at.slice(11, 16);
    return { action: 'scale-out', reasons: [`${alert} fires since ${firingSince}; ${said} is of ${minute}`] };
  }
  return { action: 'watch', reasons: [`${alert} fired, but ${said} is ok now`] };
}

/** A person's change during the run stops it (invariant 8). */
function personFirst(changes: readonly string[]): Decision | undefined {
  if (changes.length === 0) return undefined;
  return {
    action: 'hold',
    reasons: ['a person changed the service during this run, and it stays so', ...changes],
  };
}

/** Watching has a deadline: after it, what never became critical needs nothing. */
function boundedWatch(decision: Decision, previous: Plan | undefined, config: Config): Decision {
  const { intervalSeconds, deadlineSeconds } = config.timing.watch;
  if (decision.action !== 'watch' || ((previous?.watched ?? 0) + 1) * intervalSeconds <= deadlineSeconds)
    return decision;
  return {
    action: 'none',
    reasons: [`watched for ${deadlineSeconds} s without anything becoming critical`, ...decision.reasons],
  };
}

/** What makes more tasks useless or harmful: tasks that cannot start, an exhausted pool, a bad deployment, a dependency. */
function blocker(request: Request, assessment: Assessment): Decision | undefined {
  const { cause, service, stoppedTasks, metrics } = assessment;
  const failed = stoppedTasks.reduce((total, task) => total + task.count, 0);
  const leaking = cause.name === 'memory-pressure';
  if (cause.name === 'deployment' && cause.confidence !== 'low') {
    return {
      action: 'roll-back',
      reasons: ['the deployment is the cause, so more of its tasks would not help', ...cause.evidence],
    };
  }
  if ('failedTasks' in service && !leaking && (service.failedTasks >= 2 || failed >= 2)) {
    const why = startFailures(service, stoppedTasks);
    return { action: 'hold', reasons: ['tasks cannot start, so more of them would not help', ...why] };
  }
  const exhausted = (['dbPoolPercent', 'pgbouncerPoolPercent'] as const).filter(
    (name) => metrics[name].level === 'critical',
  );
  if (
    exhausted.length > 0 ||
    (alertOf(request.alert ?? 'APIDown').action === 'relieve-pool' && cause.name === 'pool-exhaustion')
  ) {
    const said = exhausted.map(
      (name) => `${metricLabel(name)} ${metricValue(name, metrics[name].value)} is critical`,
    );
    return {
      action: 'relieve-pool',
      reasons: [...said, 'more tasks open more connections: relieve the pool first'],
    };
  }
  if (cause.name === 'upstream-failure' && cause.confidence !== 'low') {
    return {
      action: 'escalate',
      reasons: ['a dependency has failed; more tasks would not bring it back', ...cause.evidence],
    };
  }
  if (cause.name === 'slow-queries' && cause.confidence !== 'low') {
    return {
      action: 'escalate',
      reasons: ['the database is slow; more tasks would only wait with it', ...cause.evidence],
    };
  }
  return undefined;
}

/** Why tasks did not start, from the stopped tasks and from the service's events. */
export function startFailures(view: ServiceView, stopped: Assessment['stoppedTasks']): string[] {
  const events = view.events
    .map((event) => event.message)
    .filter((message) => /unable to (place|consistently start)|operations are being throttled/.test(message));
  return [...stopped.map((task) => `${task.count} × ${task.reason}`), ...new Set(events)].slice(0, 5);
}

/** Bounds and CPU policy of the emergency (runbook: Step 3), never lower than what is registered. */
function autoscalingChanges(
  autoscaling: AutoscalingView,
  tasks: number,
  service: ServiceConfig,
  reasons: string[],
): Pick<Plan, 'bounds' | 'cpuPolicy'> {
  if ('absent' in autoscaling) {
    reasons.push('no scalable target is registered: only the desired count is set');
    return {};
  }
  if ('unknown' in autoscaling) {
    reasons.push(`autoscaling is unknown (${autoscaling.unknown}): only the desired count is set`);
    return {};
  }
  const { emergency } = service.capacity;
  const from = autoscaling.bounds;
  const bounds = {
    from,
    to: {
      min: Math.max(from.min, emergency.min),
      max: Math.max(from.max, emergency.max, tasks),
      suspended: { ...from.suspended, dynamicScalingIn: true },
    },
  };
  reasons.push(
    `bounds ${from.min}–${from.max} → ${bounds.to.min}–${bounds.to.max}, scaling in suspended so that nothing undoes this`,
  );
  if (autoscaling.temporaryPolicyFound) {
    reasons.push(`found the temporary policy ${service.cpuPolicy.temporaryName}; it is removed on restore`);
  }
  const policy = autoscaling.cpuPolicy;
  if (!policy) {
    reasons.push('no CPU policy exists, so there is none to make more aggressive');
    return { bounds };
  }
  const aggressive = service.cpuPolicy.emergency;
  const to = {
    ...policy,
    target: Math.min(policy.target, aggressive.target),
    scaleOutCooldownSeconds: Math.min(policy.scaleOutCooldownSeconds, aggressive.scaleOutCooldownSeconds),
    scaleInCooldownSeconds: Math.min(policy.scaleInCooldownSeconds, aggressive.scaleInCooldownSeconds),
  };
  reasons.push(`CPU target ${policy.target} % → ${to.target} % under the policy's own name ${policy.name}`);
  return { bounds, cpuPolicy: { from: policy, to } };
}
