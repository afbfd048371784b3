import type { AlertName } from '../../alerts/catalogue.ts';
import type { MetricName } from '../../config/metric-catalogue.ts';
import type { StopKind } from '../../document/assessment.ts';
import { metricLabel } from '../metrics.ts';
import { tasks } from '../numbers.ts';
import { shortDefinition } from '../settings.ts';
import { clock, duration } from '../text.ts';
import { said } from './metrics.ts';

type OfAlert = { alert: AlertName | undefined; metric: MetricName; value?: number | undefined };

type OfDefinition = { count: number; reason: string; taskDefinition: string };

/** What happened to tasks that nobody asked to stop. */
const lost: Record<StopKind, string> = {
  'never-started': 'did not start',
  'ran-and-failed': 'ended by themselves',
  'out-of-memory': 'ran out of memory',
  reclaimed: 'reclaimed by AWS',
  'killed-by-health-checks': 'stopped for failing health checks',
  'scaled-in': 'scaled in',
};

/** Why a run scales out, watches, holds, or asks for a person. */
export const decisionReasons = {
  'alert-escalates': ({ alert }: { alert: AlertName }) =>
    `${alert}: the runbook asks for immediate escalation`,
  'alert-asks-to-watch': ({ alert }: { alert: AlertName | undefined }) => `${alert} asks to watch`,
  'alert-metric-unknown': ({ alert, metric, why }: OfAlert & { why: string }) =>
    `ALARM ${alert}, and ${metricLabel(metric)} is unknown (${why})`,
  'alert-row-left-out': ({ alert, metric }: OfAlert) =>
    `ALARM ${alert}, though the configuration says that this service has no ${metricLabel(metric)}`,
  'alert-unread': ({ alert, metric, why }: OfAlert & { why: string }) =>
    `nobody knows whether ${alert} is over: ${metricLabel(metric)} is unknown (${why})`,
  'alert-metric-warning': ({ alert, ...metric }: OfAlert) =>
    `ALARM ${alert}, and ${said(metric)} is still at warning`,
  'alert-is-newer': ({ alert, since, at, ...metric }: OfAlert & { since: string; at: string }) =>
    `ALARM ${alert} since ${clock(since)}; ${said(metric)} is of ${clock(at)}`,
  'alert-over': ({ alert, ...metric }: OfAlert) => `ALARM ${alert}, but ${said(metric)} is ok now`,
  'rate-carried': (metric: { metric: MetricName; value?: number | undefined }) =>
    `${said(metric)}: the desired tasks carry it`,
  'nothing-asked': () => 'every metric is ok and no alert asks for more',
  'deployment-to-blame': () => 'the deployment is the cause, so more of its tasks would not help',
  'tasks-cannot-start': () => 'tasks cannot start, so more of them would not help',
  'task-stopped': ({ count, reason }: { count: number; reason: string }) => `${count} × ${reason}`,
  'earlier-definition-failed': ({ count, reason, taskDefinition }: OfDefinition) =>
    `${count} × ${reason}, of the earlier definition ${shortDefinition(taskDefinition)}`,
  'tasks-lost': ({ kind, count, reason }: { kind: StopKind; count: number; reason: string }) =>
    `${tasks(count)} ${lost[kind]} (${reason})`,
  'ecs-event': ({ message }: { message: string }) => message,
  'stops-unknown': ({ why }: { why: string }) => `why tasks stopped is unknown (${why})`,
  'pool-first': () => 'more tasks open more connections: relieve the pool first',
  'dependency-failed': () => 'a dependency has failed; more tasks would not bring it back',
  'database-slow': () => 'the database is slow; more tasks would only wait with it',
  'person-changed': () => 'a person changed the service during this run, and it stays so',
  'service-unknown': ({ why }: { why: string }) => `the service is unknown (${why})`,
  'schedules-unknown': ({ why }: { why: string }) => `scheduled actions are unknown (${why})`,
  'autoscaling-unknown': ({ why }: { why: string }) => `autoscaling is unknown (${why})`,
  'traffic-needs': ({ needed }: { needed: number }) => `current traffic needs ${tasks(needed)}`,
  'no-more-allowed': ({ desired }: { desired: number }) =>
    `${tasks(desired)} are desired already; no more are allowed`,
  'autoscaling-ahead': ({ asked }: { asked: number }) =>
    `autoscaling asked for ${tasks(asked)} just now; the service was read before`,
  'run-ahead': ({ asked }: { asked: number }) =>
    `this incident asked for ${tasks(asked)} just now; the service was read before`,
  'left-raised': () =>
    'the settings are those of an emergency already, and no record tells of one: it was lost, and the way back will end at the configured baseline',
  'looks-again': ({ seconds }: { seconds: number }) =>
    `the run goes on looking for up to ${duration(seconds)}, and adds tasks once nothing is in the way and they are still needed`,
  'waited-in-vain': ({ seconds }: { seconds: number }) =>
    `waited for ${duration(seconds)}, and it is still in the way`,
  'watched-at-limit': ({ seconds }: { seconds: number }) => `watched for ${duration(seconds)} at the limit`,
  'watched-enough': ({ seconds }: { seconds: number }) =>
    `watched for ${duration(seconds)}; nothing asks for more tasks`,
};
