import { alertOf } from './alerts.ts';
import { neededTasks } from './capacity.ts';
import { type Config, metricNames, type ServiceConfig } from './config.ts';
import type { Assessment, AutoscalingView, Plan, Request, ServiceView } from './document.ts';
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
): Plan {
  const decision = boundedWatch(decide(request, assessment), previous, config);
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

function decide(request: Request, assessment: Assessment): Decision {
  const alert = request.alert === undefined ? undefined : alertOf(request.alert);
  if (alert?.action === 'escalate') {
    return { action: 'escalate', reasons: [`${request.alert}: the runbook asks for immediate escalation`] };
  }
  const blocked = blocker(assessment);
  if (blocked) return blocked;
  const critical = metricNames.filter((name) => assessment.metrics[name].level === 'critical');
  const driving = critical.filter((name) => !poolMetrics.has(name));
  const said = driving.map((name) => `${name} ${assessment.metrics[name].value} is critical`);
  if (driving.length > 0) return { action: 'scale-out', reasons: said };
  if (alert?.action === 'scale-out' && alert.metric) {
    const metric = assessment.metrics[alert.metric];
    if (metric.level === 'unknown') {
      return {
        action: 'scale-out',
        reasons: [`${request.alert} fires; ${alert.metric} is unknown (${metric.reason})`],
      };
    }
    if (metric.level === 'warning') {
      return {
        action: 'scale-out',
        reasons: [`${request.alert} fires and ${alert.metric} ${metric.value} is still at warning`],
      };
    }
    return {
      action: 'watch',
      reasons: [`${request.alert} fired, but ${alert.metric} ${metric.value} is ok now`],
    };
  }
  const warnings = metricNames.filter((name) => assessment.metrics[name].level === 'warning');
  if (alert?.action === 'watch' || warnings.length > 0) {
    const levels = warnings.map((name) => `${name} ${assessment.metrics[name].value} is at warning`);
    return { action: 'watch', reasons: levels.length > 0 ? levels : [`${request.alert} asks to watch`] };
  }
  const unknown = metricNames.filter((name) => assessment.metrics[name].level === 'unknown');
  if (unknown.length > 0) {
    return {
      action: 'watch',
      reasons: unknown.map((name) => `${name} is unknown (${assessment.metrics[name].reason})`),
    };
  }
  return { action: 'none', reasons: ['every metric is ok and no alert asks for more'] };
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

const poolMetrics: ReadonlySet<string> = new Set([
  'dbPoolPercent',
  'pgbouncerPoolPercent',
  'pgbouncerWaitMilliseconds',
]);

/** What makes more tasks useless or harmful: tasks that cannot start, an exhausted connection pool. */
function blocker(assessment: Assessment): Decision | undefined {
  const failed = assessment.stoppedTasks.reduce((sum, task) => sum + task.count, 0);
  if ('failedTasks' in assessment.service && (assessment.service.failedTasks >= 2 || failed >= 2)) {
    const why = startFailures(assessment.service, assessment.stoppedTasks);
    return { action: 'hold', reasons: ['tasks cannot start, so more of them would not help', ...why] };
  }
  const { dbPoolPercent, pgbouncerPoolPercent } = assessment.metrics;
  const exhausted = [
    ...(dbPoolPercent.level === 'critical' ? [`DB pool ${dbPoolPercent.value} % is critical`] : []),
    ...(pgbouncerPoolPercent.level === 'critical'
      ? [`PgBouncer pool ${pgbouncerPoolPercent.value} % is critical`]
      : []),
  ];
  if (exhausted.length > 0) {
    return {
      action: 'relieve-pool',
      reasons: [...exhausted, 'more tasks open more connections: relieve the pool first'],
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
