import type { Execution } from '../../sandbox/engine/history/execution.ts';
import { endOf, statesOf } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { alertNames, alertOf } from '../../shared/alerts/catalogue.ts';
import { metricLabel, metricValue } from '../../shared/format/metrics.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { approvalLinks, openApproval } from '../display/approvals.ts';
import { changesOf } from '../display/changes.ts';
import type { Line } from '../display/lines.ts';
import { metricNow } from '../display/metrics.ts';
import type { Recorder } from './recorder.ts';

/** A run as the console looks at it. */
export interface ConsoleSource {
  sandbox: Sandbox;
  recorder: Recorder;
  /** The story so far, oldest first. */
  told: readonly Line[];
  /** The verdict, once all is over. */
  verdict?: string;
  /** Virtual seconds per real second, for the person who waits. */
  speed: number;
}

/** Everything that the page shows, as JSON; it is asked for every second. Times: virtual milliseconds. */
export function viewOf({ sandbox, recorder, told, verdict, speed }: ConsoleSource) {
  const { aws, service, time, engine } = sandbox;
  return {
    now: time.now(),
    speed: openApproval(sandbox) ? Math.min(1, speed) : speed,
    verdict: verdict ?? null,
    approval: approvalOf(sandbox),
    settings: aws.settings(service.cluster, service.service),
    counts: recorder.counts,
    metrics: alertNames.flatMap((alert) => metricOf(sandbox, recorder, alert)),
    executions: engine.executions.map(executionOf),
    story: told.map(({ at, kind, text, details, tone }) => ({ at, kind, text, details, tone: tone ?? '' })),
    writes: aws.writes.map((write) => ({
      at: write.at,
      who: write.who,
      call: write.call,
      changes: changesOf(write),
    })),
    mails: aws.mailbox.length,
  };
}

function approvalOf(sandbox: Sandbox) {
  const open = openApproval(sandbox);
  if (!open) return null;
  const mails = sandbox.aws.mailbox.filter(({ at }) => at >= open.askedAt);
  const links = approvalLinks(mails, sandbox).map(({ name, url }) => ({ name, path: new URL(url).pathname }));
  return { since: open.askedAt, needed: open.needed, links };
}

function metricOf(sandbox: Sandbox, recorder: Recorder, alert: (typeof alertNames)[number]) {
  const { metric } = alertOf(alert);
  const now = metricNow(sandbox, alert);
  if (!metric || !now) return [];
  const { warning, critical } = sandbox.config.thresholds[metric];
  return [
    {
      label: metricLabel(metric),
      value: metricValue(metric, now.value),
      level: now.level,
      warning,
      critical,
      limits: `warning ${metricValue(metric, warning)}, critical ${metricValue(metric, critical)}`,
      points: recorder.metrics.get(metric) ?? [],
    },
  ];
}

/** State machines that only accompany another run: the page does not follow them. */
const helpers: readonly string[] = ['approval-reminder'];

function executionOf(execution: Execution) {
  const visited = statesOf(execution);
  const running = execution.status === 'RUNNING';
  const { outcome, reasons } = running ? { outcome: 'running', reasons: [] } : endOf(execution);
  return {
    name: execution.name,
    machine: execution.machine,
    helper: helpers.includes(execution.machine),
    outcome,
    reasons: textsOf(reasons),
    startedAt: execution.startDate,
    endedAt: execution.stopDate ?? null,
    current: running ? (visited.at(-1) ?? null) : null,
    last: visited.at(-1) ?? null,
    visited: [...new Set(visited)],
    transitions: visited.length,
  };
}
