import type { MetricName } from '../../config/metric-catalogue.ts';
import type { Level } from '../../document/assessment.ts';
import { metricLabel, metricValue } from '../metrics.ts';
import { tasks } from '../numbers.ts';
import { shortDefinition } from '../settings.ts';
import { clock, duration, moment } from '../text.ts';
import { said } from './metrics.ts';

type Counts = { running: number; wanted: number };
type Better = { metric: MetricName; before?: number | undefined; value?: number | undefined; level: Level };

/** What a check of a polling loop found. */
export const verifyReasons = {
  'not-reached': ({ seconds }: { seconds: number }) => `not reached within ${duration(seconds)}`,
  'tasks-run': ({ running, wanted }: Counts) => `${running} of ${tasks(wanted)} run`,
  'tasks-starting': ({ running, wanted, pending }: Counts & { pending: number }) =>
    `${running} of ${tasks(wanted)} run, ${pending} are starting`,
  'new-tasks-fail': ({ running, wanted }: Counts) =>
    `${running} of ${tasks(wanted)} run; new tasks cannot start`,
  'traffic-grew': ({ asked, needed }: { asked: number; needed: number }) =>
    `${tasks(asked)} are not enough: traffic now needs ${needed}`,
  'enough-for-traffic': ({ running, wanted, needed }: Counts & { needed: number }) =>
    `${running} of ${tasks(wanted)} run, and current load needs ${needed}`,
  'no-datapoint-yet': ({ metric, since }: { metric: MetricName; since: string }) =>
    `no ${metricLabel(metric)} datapoint yet since the new tasks started (${clock(since)})`,
  'metric-better': ({ metric, before, value, level }: Better) =>
    `${metricLabel(metric)} ${before === undefined ? '' : `${metricValue(metric, before)} → `}${metricValue(metric, value)} is ${level}`,
  'still-critical': (metric: { metric: MetricName; value?: number | undefined }) =>
    `${said(metric)} is still critical`,
  'rounds-spent': ({ rounds }: { rounds: number }) => `${rounds} rounds of scaling out did not help`,
  'deployment-not-shown': ({ taskDefinition }: { taskDefinition: string }) =>
    `ECS still shows the deployment of ${shortDefinition(taskDefinition)} from before`,
  'deployment-awaits-action': ({ until }: { until: string | undefined }) =>
    `a deployment is paused and awaits an action (ContinueServiceDeployment)${until ? `; ECS decides by itself at ${moment(until)}` : ''}`,
  'deployment-running': () => 'a deployment is running',
  'definition-runs': ({ running, taskDefinition }: { running: number; taskDefinition: string }) =>
    `${tasks(running)} run ${shortDefinition(taskDefinition)}`,
  stabilising: ({ seconds, needed }: { seconds: number; needed: number }) =>
    `${duration(seconds)} of ${duration(needed)} without a breach`,
  'stabilising-without-requests': ({ seconds, needed }: { seconds: number; needed: number }) =>
    `${duration(seconds)} of ${duration(needed)} without a breach, and without any request`,
  'stays-critical': ({ seconds }: { seconds: number }) =>
    `users have been affected for ${duration(seconds)}, and no run is about it`,
  'step-made-worse': () => 'fewer tasks made it worse',
  'tasks-stay': ({ running, desired }: { running: number; desired: number }) =>
    `${tasks(running)} still run, ${desired} are asked for: ECS keeps a protected task until its protection ends, and lets the others finish`,
  'step-is-fine': () => 'every metric is ok after this step',
  'traffic-needs-all': ({ needed, desired }: { needed: number; desired: number }) =>
    `current load needs ${tasks(needed)}: scale-in pauses at ${desired} until it drops`,
  'no-snapshot': () => 'no snapshot of the normal settings exists: the configured baseline was written',
  'tasks-on-the-way': ({ running, desired }: { running: number; desired: number }) =>
    `every setting is back; ${tasks(running)} run, ${desired} are wanted`,
  'restored-but-for': ({ takenAt, settings }: { takenAt: string | undefined; settings: number }) =>
    `as ${takenAt === undefined ? 'the configured baseline' : `in the snapshot of ${moment(takenAt)}`}, except ${settings === 1 ? 'one setting' : `${settings} settings`}`,
  'as-in-snapshot': ({ takenAt }: { takenAt: string }) =>
    `every setting is as in the snapshot of ${moment(takenAt)}`,
};
