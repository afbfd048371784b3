import type { Series } from './aws/metrics.ts';
import { type Config, type MetricName, metricNames } from './config.ts';
import type { Assessment, MetricView } from './document.ts';
import type { Observation } from './observe.ts';
import { levelOf } from './thresholds.ts';

const slopePoints = 4;

/**
 * What was observed, judged by the runbook's Alert Thresholds: a level for every row, and the most probable of the
 * runbook's common causes with its evidence. Pure: the same observation gives the same assessment.
 */
export function assessmentOf(seen: Observation, config: Config): Assessment {
  const view = (name: MetricName) => metricView(seen.metrics[name], config.thresholds[name]);
  const metrics: Assessment['metrics'] = {
    cpuPercent: view('cpuPercent'),
    latencyP95Seconds: view('latencyP95Seconds'),
    latencyP99Seconds: view('latencyP99Seconds'),
    errorRatePercent: view('errorRatePercent'),
    dbPoolPercent: view('dbPoolPercent'),
    pgbouncerPoolPercent: view('pgbouncerPoolPercent'),
    pgbouncerWaitMilliseconds: view('pgbouncerWaitMilliseconds'),
    requestRatePerMinute: view('requestRatePerMinute'),
  };
  const slope = slopePerMinute(seen.metrics.requestRatePerMinute);
  const waiting = backlog(seen.metrics.requestRatePerMinute, seen.metrics.latencyAverageSeconds);
  return {
    at: seen.at.toISOString(),
    service: seen.service,
    stoppedTasks: seen.stoppedTasks.slice(0, 5),
    autoscaling: seen.autoscaling,
    metrics,
    ...(slope === undefined ? {} : { requestRateSlope: slope }),
    ...(waiting === undefined ? {} : { backlog: waiting }),
    health: seen.health,
    cause: causeOf(seen, metrics, slope),
  };
}

function metricView(series: Series, limit: Config['thresholds'][MetricName]): MetricView {
  if ('unknown' in series) return { level: 'unknown', source: series.source, reason: series.unknown };
  const newest = series.points.at(-1);
  if (!newest) return { level: 'unknown', source: series.source, reason: 'no data points' };
  return {
    level: levelOf(newest.value, limit),
    value: round(newest.value),
    source: series.source,
    at: newest.at.toISOString(),
  };
}

/** Least-squares slope of the newest points, in units per minute; undefined with fewer than two points. */
export function slopePerMinute(series: Series): number | undefined {
  if ('unknown' in series) return undefined;
  const points = series.points.slice(-slopePoints);
  const first = points[0];
  if (!first || points.length < 2) return undefined;
  const xs = points.map((point) => (point.at.getTime() - first.at.getTime()) / 60_000);
  const meanX = mean(xs);
  const meanY = mean(points.map((point) => point.value));
  let covariance = 0;
  let variance = 0;
  points.forEach((point, i) => {
    const dx = (xs[i] ?? 0) - meanX;
    covariance += dx * (point.value - meanY);
    variance += dx * dx;
  });
  return variance > 0 ? round(covariance / variance) : undefined;
}

/** Requests in the system by Little's law: arrivals per second × average time in the system. */
function backlog(rate: Series, latency: Series): number | undefined {
  const perMinute = 'points' in rate ? rate.points.at(-1)?.value : undefined;
  const seconds = 'points' in latency ? latency.points.at(-1)?.value : undefined;
  return perMinute === undefined || seconds === undefined ? undefined : round((perMinute / 60) * seconds);
}

type Cause = Assessment['cause'];

/** The first cause whose evidence is there, the most specific first; `unclear` where nothing stands out. */
function causeOf(seen: Observation, metrics: Assessment['metrics'], slope: number | undefined): Cause {
  const bad = (name: MetricName) => metrics[name].level === 'warning' || metrics[name].level === 'critical';
  const said = (name: MetricName) => `${name} ${metrics[name].value} is ${metrics[name].level}`;
  if ('rollout' in seen.service && seen.service.rollout !== 'steady') {
    return { name: 'deployment', evidence: [`the service's rollout is ${seen.service.rollout}`] };
  }
  if (seen.stoppedTasks.some((task) => task.reason.includes('OutOfMemory'))) {
    return {
      name: 'memory-pressure',
      evidence: seen.stoppedTasks.map((task) => `${task.count} × ${task.reason}`),
    };
  }
  const pool = (['dbPoolPercent', 'pgbouncerPoolPercent', 'pgbouncerWaitMilliseconds'] as const).filter(bad);
  if (metrics.dbPoolPercent.level === 'critical' || metrics.pgbouncerPoolPercent.level === 'critical') {
    return { name: 'pool-exhaustion', evidence: pool.map(said) };
  }
  if (bad('requestRatePerMinute')) {
    const rising =
      slope !== undefined && slope > 0 ? [`it rises by ${Math.round(slope)} per minute each minute`] : [];
    return { name: 'traffic-spike', evidence: [said('requestRatePerMinute'), ...rising] };
  }
  const slow = (['latencyP95Seconds', 'latencyP99Seconds'] as const).filter(bad);
  if (slow.length > 0 && metrics.requestRatePerMinute.level === 'ok' && metrics.cpuPercent.level === 'ok') {
    return {
      name: 'slow-queries',
      evidence: [...slow.map(said), 'traffic and CPU are ok', ...pool.map(said)],
    };
  }
  if (seen.health.api.level === 'critical' || bad('errorRatePercent')) {
    const health = seen.health.api.level === 'critical' ? [`API health: ${seen.health.api.detail}`] : [];
    return {
      name: 'upstream-failure',
      evidence: [...health, ...(bad('errorRatePercent') ? [said('errorRatePercent')] : [])],
    };
  }
  const unknown = metricNames.filter((name) => metrics[name].level === 'unknown');
  return { name: 'unclear', evidence: unknown.map((name) => `${name} is unknown: ${metrics[name].reason}`) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Three decimals are more than any threshold has. */
const round = (value: number) => Math.round(value * 1000) / 1000;
