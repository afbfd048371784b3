import type { Config } from '../shared/config/schema.ts';
import { withoutControls } from '../shared/core/plain-text.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import type { Plan } from '../shared/document/plan.ts';
import { changeRows } from '../shared/format/changes.ts';
import { configWarnings } from '../shared/format/config-warnings.ts';
import { metricRows } from '../shared/format/metrics.ts';
import { moment, textTable } from '../shared/format/text.ts';

/**
 * An assessment in one screen (runbook: Monitoring), and what a run would do now.
 * @param beside lines of the pools and of the cache
 */
export function statusScreen(
  service: string,
  assessment: Assessment,
  plan: Plan,
  config: Config,
  beside: readonly string[] = [],
): string {
  const lines = [
    `${service} in ${config.environment}, ${moment(assessment.at)}`,
    '',
    ...serviceLines(assessment),
    ...autoscalingLines(assessment),
    ...healthLines(assessment),
    ...beside,
    '',
    metricTable(assessment, config),
    '',
    ...causeLines(assessment),
    '',
    ...planLines(plan),
    '',
    ...configWarnings(config).map((warning) => `config/${config.environment}.yml: ${warning}`),
    '',
  ];
  return withoutControls(lines.join('\n'));
}

function healthLines({ health }: Assessment): string[] {
  const said = (['api', 'mcp'] as const)
    .filter((endpoint) => health[endpoint].level !== 'none')
    .map((endpoint) => `${endpoint.toUpperCase()} ${health[endpoint].detail}`);
  return said.map((line, index) => `${index === 0 ? 'Health' : ''}`.padEnd(13) + line);
}

function serviceLines({ service, stoppedTasks, stoppedTasksUnknown }: Assessment): string[] {
  if ('unknown' in service) return [`Service      unknown: ${service.unknown.text}`];
  const { desired, running, pending, taskDefinition, rollout, deployedAt } = service;
  const definition = taskDefinition.split('/').at(-1);
  return [
    `Service      ${desired} desired, ${running} running, ${pending} pending; ${service.status}`,
    `Deployment   ${definition}, ${rollout}${deployedAt ? `, since ${moment(deployedAt)}` : ''}`,
    ...stoppedTasks.map(({ count, reason }) => `Stopped      ${count} × ${reason}`),
    ...(stoppedTasksUnknown ? [`Stopped      unknown: ${stoppedTasksUnknown.text}`] : []),
    ...service.events.slice(0, 3).map(({ at, message }) => `Event        ${at.slice(11, 19)} ${message}`),
  ];
}

const suspensions = [
  ['dynamicScalingIn', 'scale-in'],
  ['dynamicScalingOut', 'scale-out'],
  ['scheduledScaling', 'scheduled scaling'],
] as const;

function autoscalingLines({ autoscaling }: Assessment): string[] {
  if ('absent' in autoscaling) return ['Autoscaling  no scalable target is registered'];
  if ('unknown' in autoscaling) return [`Autoscaling  unknown: ${autoscaling.unknown.text}`];
  const { bounds, cpuPolicy, otherPolicies } = autoscaling;
  const suspended = suspensions.flatMap(([key, name]) => (bounds.suspended[key] ? [name] : []));
  const cpu = cpuPolicy
    ? `CPU target ${cpuPolicy.target} %, cooldowns ${cpuPolicy.scaleOutCooldownSeconds}/${cpuPolicy.scaleInCooldownSeconds} s (${cpuPolicy.name})`
    : 'no CPU policy';
  return [
    `Autoscaling  ${bounds.min}–${bounds.max} tasks; ${cpu}`,
    ...(otherPolicies.length > 0
      ? [`             also ${otherPolicies.map(({ name }) => name).join(', ')}`]
      : []),
    ...(suspended.length > 0 ? [`             suspended: ${suspended.join(', ')}`] : []),
  ];
}

function metricTable({ metrics }: Assessment, config: Config): string {
  const rows = metricRows(metrics, config.thresholds).map(
    ({ name, label, value, warning, critical, level }) => {
      const { source, at, unknown } = metrics[name];
      const from = level === 'unknown' ? `${source}: ${unknown?.text}` : `${source}, ${at?.slice(11, 16)}`;
      return [
        label,
        value,
        warning,
        critical,
        level === 'ok' || level === 'unknown' ? level : level.toUpperCase(),
        from,
      ];
    },
  );
  return textTable([['Metric', 'now', 'warning', 'critical', 'level', 'source'], ...rows]);
}

function causeLines({ cause }: Assessment): string[] {
  return [
    `Most probable cause: ${cause.name} (${cause.confidence} confidence)`,
    ...cause.evidence.map(({ text }) => `  + ${text}`),
    ...cause.against.map(({ text }) => `  - ${text}`),
  ];
}

function planLines(plan: Plan): string[] {
  const changes = changeRows(plan).map((row) => [`  ${row.label}`, row.from, '→', row.to]);
  return [
    `A run would now: ${plan.action}`,
    ...plan.reasons.map(({ text }) => `  - ${text}`),
    ...(changes.length > 0 ? [textTable(changes)] : []),
  ];
}
