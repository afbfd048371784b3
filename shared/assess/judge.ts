import { type MetricName, perMetric, perSeries } from '../config/metric-catalogue.ts';
import { sourceLabels } from '../config/metric-sources.ts';
import type { Config } from '../config/schema.ts';
import type { Unknown } from '../core/unknown.ts';
import type { Assessment, HealthView, MetricView } from '../document/assessment.ts';
import { healthText } from '../format/health.ts';
import { told } from '../format/unknown.ts';
import { ageSeconds, carefulSlope, moving, type OtherSource, type Series } from '../metrics/series.ts';
import { levelOf } from '../metrics/thresholds.ts';
import { diagnose } from './diagnosis.ts';
import { withoutRequests } from './no-requests.ts';
import type { Health, Observation } from './observe.ts';
import { judgeReleases, type Releases } from './releases.ts';
import { usualOf } from './usual.ts';

/** Levels of memory use; no row of the runbook's table, only evidence for memory pressure. */
const memoryLimit = { warning: 75, critical: 90 };

/**
 * What was observed, judged by the runbook's Alert Thresholds: a level for every row, and the most probable of the
 * runbook's common causes with its evidence. Pure: the same observation gives the same assessment.
 */
export function assessmentOf(observed: Observation, config: Config): Assessment {
  const requestRatePerMinute = moving(observed.metrics.requestRatePerMinute, { from: 100 });
  const seen = { ...observed, metrics: withoutRequests({ ...observed.metrics, requestRatePerMinute }) };
  const view = (name: MetricName) => metricView(seen.metrics[name], config.thresholds[name], seen.at, name);
  const metrics = perMetric(view);
  const health = { api: apiHealthView(seen.health.api, metrics), mcp: healthView(seen.health.mcp) };
  const stoppedTasks = 'unknown' in seen.stoppedTasks ? [] : seen.stoppedTasks;
  const memoryPercent = metricView(seen.metrics.memoryPercent, memoryLimit, seen.at);
  const slope = carefulSlope(seen.metrics.requestRatePerMinute);
  const perTask = perTaskCapacity(seen.metrics.requestsPerTarget, seen.metrics.cpuPercent);
  const longer = seen.longer ? longerSeries(seen.metrics, seen.longer) : seen.metrics;
  const releases: Releases =
    'unknown' in seen.service
      ? { worse: [], fails: false, bad: [] }
      : judgeReleases(seen.service, seen.at, longer, config.thresholds, stoppedTasks);
  const waiting = backlog(seen.metrics.requestRatePerMinute, seen.metrics.latencyAverageSeconds);
  return {
    at: seen.at.toISOString(),
    service: 'unknown' in seen.service ? { unknown: told(seen.service.unknown) } : seen.service,
    stoppedTasks: stoppedTasks.slice(0, 5),
    ...('unknown' in seen.stoppedTasks ? { stoppedTasksUnknown: told(seen.stoppedTasks.unknown) } : {}),
    autoscaling:
      'unknown' in seen.autoscaling ? { unknown: told(seen.autoscaling.unknown) } : seen.autoscaling,
    metrics,
    ...(slope === undefined ? {} : { requestRateSlope: slope }),
    ...(observed.dayBefore === undefined ? {} : { requestRateDayBefore: round(observed.dayBefore) }),
    ...(waiting === undefined ? {} : { backlog: waiting }),
    ...(perTask === undefined ? {} : { perTaskCapacity: perTask }),
    usual: usualOf(seen),
    health,
    memoryPercent,
    cause: diagnose({
      at: seen.at,
      service: 'unknown' in seen.service ? undefined : seen.service,
      stoppedTasks,
      metrics,
      memoryPercent,
      series: seen.metrics,
      releases,
      health,
    }),
    ...(releases.bad.length > 0 ? { badReleases: releases.bad } : {}),
  };
}

/** What is known now, further back where CloudWatch is the source; what is unknown now stays so. */
const longerSeries = (now: Observation['metrics'], longer: Observation['metrics']): Observation['metrics'] =>
  perSeries((name) =>
    'points' in now[name] && now[name].source === sourceLabels.cloudwatch ? longer[name] : now[name],
  );

const healthView = (health: Health): HealthView => ({
  ...('unknown' in health ? { ...health, unknown: told(health.unknown) } : health),
  detail: healthText(health),
});

/** Nothing was heard of the API: critical only where the load balancer sees it fail as well. */
function apiHealthView(health: Health, { errorRatePercent }: Assessment['metrics']): HealthView {
  const view = healthView(health);
  const agreed = view.level === 'unknown' && errorRatePercent.level === 'critical';
  return agreed ? { ...view, level: 'critical' } : view;
}

const otherView = (other: OtherSource, name?: MetricName) =>
  'unknown' in other ? { source: other.source, unknown: told(other.unknown, name) } : other;

const isLeftOut = (unknown: Unknown): boolean =>
  unknown.cause === 'not-configured' && unknown.lacks === 'row';

function metricView(
  series: Series,
  limit: Config['thresholds'][MetricName],
  now: Date,
  name?: MetricName,
): MetricView {
  const { source } = series;
  const others = series.others?.length ? { others: series.others.map((one) => otherView(one, name)) } : {};
  if ('unknown' in series && isLeftOut(series.unknown)) return { level: 'none', source };
  if ('unknown' in series)
    return { level: 'unknown', source, unknown: told(series.unknown, name), ...others };
  const newest = series.points.at(-1);
  if (!newest) return { level: 'unknown', source, unknown: told({ cause: 'no-points' }), ...others };
  return {
    level: levelOf(newest.value, limit),
    value: round(newest.value),
    source,
    at: newest.at.toISOString(),
    ageSeconds: ageSeconds(newest, now),
    ...others,
  };
}

/** CPU between these shows what a request costs; below it is mostly noise, above it saturates. */
const tellingCpu = { from: 30, to: 90 };

/**
 * Requests per minute that one task serves at 100 % CPU, from the newest minute whose CPU tells it. So the minutes
 * before a spike still speak when CPU is saturated.
 */
function perTaskCapacity(perTarget: Series, cpu: Series): number | undefined {
  if (!('points' in perTarget) || !('points' in cpu)) return undefined;
  const telling = perTarget.points.flatMap(({ at, value }) => {
    const used = cpu.points.find((point) => point.at.getTime() === at.getTime())?.value;
    return used !== undefined && used >= tellingCpu.from && used <= tellingCpu.to
      ? [value / (used / 100)]
      : [];
  });
  const newest = telling.at(-1);
  return newest === undefined ? undefined : round(newest);
}

/** Requests in the system by Little's law: arrivals per second × average time in the system. */
function backlog(rate: Series, latency: Series): number | undefined {
  const perMinute = 'points' in rate ? rate.points.at(-1)?.value : undefined;
  const seconds = 'points' in latency ? latency.points.at(-1)?.value : undefined;
  return perMinute === undefined || seconds === undefined ? undefined : round((perMinute / 60) * seconds);
}

/** Three decimals are more than any threshold has. */
const round = (value: number) => Math.round(value * 1000) / 1000;
