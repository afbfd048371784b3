import {
  cpuPolicyOf,
  otherPoliciesOf,
  readActivities,
  readBounds,
  readPolicies,
} from '../aws/autoscaling.ts';
import { readService, readStoppedTasks } from '../aws/ecs.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ThrottledError } from '../core/errors.ts';
import { bounded, isThrottled, type Reading } from '../core/reading.ts';
import type { AutoscalingView, HealthView, ServiceView } from '../document/assessment.ts';
import type { HttpAnswer, Tools } from '../lambda/tools.ts';
import type { SeriesName } from '../metrics/cloudwatch.ts';
import { observeMetrics } from '../metrics/read.ts';
import type { Series } from '../metrics/series.ts';
import { healthVerdict } from './health-verdict.ts';

/** Everything that was seen at one moment; what could not be read is `unknown`, with the reason. */
export interface Observation {
  at: Date;
  service: ServiceView | { unknown: string };
  stoppedTasks: { reason: string; count: number }[] | { unknown: string };
  autoscaling: AutoscalingView;
  metrics: Record<SeriesName, Series>;
  health: { api: HealthView; mcp: HealthView };
}

const stoppedTaskWindowMilliseconds = 15 * 60_000;
const healthTimeoutMilliseconds = 3000;

/**
 * Reads ECS, Application Auto Scaling, the metrics' sources and the health endpoints side by side (runbook: Monitoring, Manual
 * Health Check). A source that fails or is too slow makes its part `unknown`; the others still count. Comes back
 * within the deadline of the configuration with what it has. Reads only.
 * @throws ThrottledError when AWS throttles the reading of the service.
 */
export async function observe(
  service: ServiceConfig,
  tools: Tools<'ecs' | 'autoscaling' | 'cloudwatch' | 'http'>,
): Promise<Observation> {
  const at = tools.now();
  const { deadlineSeconds } = tools.config.timing.assess;
  const timer = tools.after(deadlineSeconds * 1000);
  const headStart = tools.after((deadlineSeconds * 1000) / 2);
  const deadline = timer.passed.then(() => `no answer within ${deadlineSeconds} s`);
  const since = new Date(at.getTime() - stoppedTaskWindowMilliseconds);
  const seen = <T>(what: string, reading: Promise<T>) => bounded(what, reading, deadline);
  try {
    const viewing = seen('ECS service', readService(tools.ecs, service));
    await unlessThrottled(viewing, headStart.passed);
    const [view, stopped, bounds, policies, activities, metrics, api, mcp] = await Promise.all([
      viewing,
      seen('ECS tasks', readStoppedTasks(tools.ecs, service, since)),
      seen('scalable target', readBounds(tools.autoscaling, service)),
      seen('scaling policies', readPolicies(tools.autoscaling, service)),
      seen('scaling activities', readActivities(tools.autoscaling, service)),
      observeMetrics(service, tools, at, deadline),
      seen('API health', tools.http.get(service.health.api, healthTimeoutMilliseconds)),
      seen('MCP health', tools.http.get(service.health.mcp, healthTimeoutMilliseconds)),
    ]);
    return {
      at,
      service: 'value' in view ? view.value : view,
      stoppedTasks: 'value' in stopped ? stopped.value : stopped,
      autoscaling: autoscalingView(bounds, policies, activities, service),
      metrics,
      health: { api: healthOf(api), mcp: healthOf(mcp) },
    };
  } finally {
    headStart.cancel();
    timer.cancel();
  }
}

/**
 * Waits for the service, or until its head start is over: without it nothing can be decided, and where AWS throttles,
 * the other calls would only be taken from other runs.
 */
async function unlessThrottled(view: Promise<Reading<unknown>>, over: Promise<void>): Promise<void> {
  const first = await Promise.race([view, over]);
  if (first && 'unknown' in first && isThrottled(first)) throw new ThrottledError(first.unknown);
}

function autoscalingView(
  bounds: Reading<Awaited<ReturnType<typeof readBounds>>>,
  policies: Reading<Awaited<ReturnType<typeof readPolicies>>>,
  activities: Reading<Awaited<ReturnType<typeof readActivities>>>,
  service: ServiceConfig,
): AutoscalingView {
  if ('unknown' in bounds) return bounds;
  if (!bounds.value) return { absent: true };
  if ('unknown' in policies) return policies;
  if ('unknown' in activities) return activities;
  const cpuPolicy = cpuPolicyOf(policies.value);
  return {
    bounds: bounds.value,
    ...(cpuPolicy ? { cpuPolicy } : {}),
    otherPolicies: otherPoliciesOf(policies.value),
    // Who moved the count is not known without them, so the whole view is not.
    activities: activities.value,
    temporaryPolicyFound: policies.value.some(
      ({ PolicyName }) => PolicyName === service.cpuPolicy.temporaryName,
    ),
  };
}

/** A health endpoint is ok only when it answers 200 and its own body does not say otherwise. */
function healthOf(reading: Reading<HttpAnswer>): HealthView {
  if ('unknown' in reading) {
    return { level: 'critical', detail: reading.unknown.replace(/^\w+ health: /, ''), down: [] };
  }
  const { status, latencyMilliseconds, body } = reading.value;
  const timing = `${status} in ${Math.round(latencyMilliseconds)} ms`;
  const { verdict, down } = healthVerdict(body);
  const said = [
    ...(verdict ? [`says "${verdict}"`] : []),
    ...(down.length > 0 ? [`${down.join(', ')} down`] : []),
  ];
  const detail = [timing, ...said].join(', ');
  if (status < 200 || status > 299) return { level: 'critical', detail, down };
  const healthy = down.length === 0 && (verdict === undefined || /^(ok|healthy|pass|up)$/i.test(verdict));
  return { level: healthy ? 'ok' : 'warning', detail, down };
}
