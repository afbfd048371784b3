import { type MetricName, metricOf as metricNamed, perMetric } from '../../shared/config/metric-catalogue.ts';
import { publishedMetrics } from '../../shared/metrics/cloudwatch.ts';
import { capacityOf, policiesOf } from './autoscaling.ts';
import { balancedBy, publishedBy } from './monitored.ts';
import type { Found } from './read.ts';
import { approvalOf, type Draft, type Told, type Wanted } from './stage-file.ts';
import { alwaysAssumed, alwaysLeftOut, assumed, found as isFound, toFillIn } from './told.ts';

/** The runbook's limits of requests per minute, for a service that nobody sends requests. */
const runbookRequestRate = { warning: 800, critical: 1000 };
/** What a task of a worker serves: only the sandbox reads it. */
const jobsPerMinute = 60;

/**
 * What the file of a service says, and what its person is told of it: what was read, what is assumed and why, what is left
 * out, and what nobody but a person knows. Pure.
 */
export function draftOf(wanted: Wanted, found: Found): { draft: Draft; told: Told[] } {
  const { balancing } = found;
  const behind = balancing.kind === 'application' || balancing.kind === 'unknown';
  const [balanced, balancedTold] = balancedBy(found);
  const [published, publishedTold] = publishedBy(wanted, found);
  const [capacity, capacityTold] = capacityOf(found);
  const [policies, policiesTold] = policiesOf(wanted, balanced, found);
  const draft: Draft = {
    ...wanted,
    ...balanced,
    customNamespace: published.namespace,
    taskRoles: found.taskRoles.length > 0 ? found.taskRoles : ['*'],
    cpuMetricSeconds: found.cpuMetricSeconds ?? 60,
    metrics: perMetric((name) => (rowIsThere(name, behind, published.rows) ? ['cloudwatch'] : [])),
    ...capacity,
    requestsPerMinute: behind ? null : jobsPerMinute,
    taskQuota: null,
    ...policies,
    requestRate: behind ? { warning: null, critical: null } : runbookRequestRate,
    approval: { ...approvalOf[wanted.kind], sender: null, approvers: null },
    contacts: { primaryOnCall: null, devOpsLead: null, infrastructure: null },
    hints: { busiestMinute: found.busiestMinute, cpuUnits: found.cpuUnits, fargate: found.fargate },
  };
  const told = [
    ...balancedTold,
    deployment(found),
    roles(found),
    resolution(found),
    ...capacityTold,
    ...policiesTold,
    ...publishedTold,
    ...alwaysAssumed(wanted),
    ...alwaysLeftOut(behind),
    ...toFillIn(draft, found),
  ];
  return { draft, told };
}

const deployment = ({ strategy, fargate, cpuUnits }: Found): Told =>
  isFound(
    'deployments',
    strategy,
    [
      fargate ? 'on Fargate' : 'not on Fargate',
      ...(cpuUnits ? [`${cpuUnits / 1024} vCPU each task`] : []),
    ].join(', '),
  );

const roles = ({ taskRoles }: Found): Told =>
  taskRoles.length > 0
    ? isFound('taskRoles', taskRoles.join(', '), 'task definitions of the latest deployments')
    : assumed('taskRoles', '*', 'its task definitions name no role: name yours, or leave every role');

const resolution = ({ cpuMetricSeconds, unread }: Found): Told =>
  cpuMetricSeconds === undefined
    ? assumed('cpuMetricSeconds', '60', unread.deployments ?? 'no revision of the service can be described')
    : isFound('cpuMetricSeconds', `${cpuMetricSeconds}`, 'monitoring of the service revision');

/** A row is there that CloudWatch has of every service, of every load balancer, or that the service publishes. */
function rowIsThere(name: MetricName, behind: boolean, published: readonly MetricName[]): boolean {
  if (metricNamed(name).ofRequests) return behind;
  return !publishedMetrics.some(([row]) => row === name) || published.includes(name);
}
