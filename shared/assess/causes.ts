import type { MetricName, SeriesName } from '../config/metric-catalogue.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { type Series, slopePerMinute } from '../metrics/series.ts';
import { askedSince, killedByHealthChecks, lostTasks, ranAnother } from '../plan/failed-starts.ts';
import type { Releases } from './releases.ts';

/** What the causes are told apart by. */
export interface Clues {
  at: Date;
  service: ServiceView | undefined;
  stoppedTasks: Assessment['stoppedTasks'];
  metrics: Assessment['metrics'];
  memoryPercent: Assessment['memoryPercent'];
  series: Readonly<Record<SeriesName, Series>>;
  /** What the releases of late did. */
  releases: Releases;
  health: Assessment['health'];
}

/** One observation that speaks for a cause (positive weight) or against it (negative). */
export interface Finding {
  weight: number;
  reason: Reason;
}

/** Whether the traffic explains what is seen. */
export interface Traffic {
  /** The newest rate ÷ the median of the window's oldest points; undefined when unknown. */
  ratio: number | undefined;
  /** It has risen only with the requests that the load balancer refuses. */
  refused: boolean;
  high: boolean;
  flat: boolean;
}

/** What speaks for more traffic than before, or against it. */
export function trafficSpike({ metrics, stoppedTasks }: Clues, { ratio, refused, high }: Traffic): Finding[] {
  const rate = metrics.requestRatePerMinute;
  const cpu = metrics.cpuPercent;
  const killed = killedByHealthChecks({ stoppedTasks });
  return [
    ...levels('requestRatePerMinute', metrics, { critical: 3, warning: 2 }),
    ...when((ratio ?? 0) >= 1.5, 2, () =>
      because('traffic-ratio', { ratio: tenths(ratio), rate: rate.value }),
    ),
    ...when(refused, 2, () => because('traffic-refused', { errors: metrics.errorRatePercent.value })),
    ...when(high && isBad(cpu.level), 1, () => because('cpu-rose', { cpu: cpu.value })),
    ...when(high && cpu.level === 'ok', -1, () => because('cpu-not-busy', { cpu: cpu.value })),
    // Tasks that are too busy to answer are taken away, and the others get their share.
    ...(high ? lostTasks({ stoppedTasks: killed }) : []).map((reason) => ({ weight: 1, reason })),
  ];
}

/** For an exhausted pool of connections. */
export function poolExhaustion({ metrics }: Clues): Finding[] {
  const { dbPoolPercent: pool, pgbouncerPoolPercent: pgbouncer } = metrics;
  return [
    ...levels('dbPoolPercent', metrics, { critical: 3, warning: 1 }),
    ...levels('pgbouncerPoolPercent', metrics, { critical: 3, warning: 1 }),
    ...levels('pgbouncerWaitMilliseconds', metrics, { critical: 2 }),
    ...when(pool.level === 'ok' && pgbouncer.level === 'ok', -3, () =>
      because('pools-ok', { db: pool.value, pgbouncer: pgbouncer.value }),
    ),
  ];
}

/** For a slow database. */
export function slowQueries({ metrics, health, at, service }: Clues, { high, flat }: Traffic): Finding[] {
  const { latencyP95Seconds: p95, latencyP99Seconds: p99, cpuPercent: cpu } = metrics;
  const { dbPoolPercent: pool, pgbouncerPoolPercent: pgbouncer } = metrics;
  const slow = isBad(p95.level) || isBad(p99.level);
  const down = downOf(health);
  const minutes = minutesSince(service?.deployedAt, at);
  return [
    ...levels('latencyP99Seconds', metrics, { critical: 2 }),
    ...when(slow && p99.level !== 'critical', 1, () =>
      because('latency-slow', { p95: p95.value, p99: p99.value }),
    ),
    ...when(slow && cpu.level === 'ok', 2, () => because('requests-wait', { cpu: cpu.value })),
    ...when(slow && flat, 2, () => because('traffic-flat')),
    ...when(slow && isBad(pool.level), 1, () => because('connections-held', { pool: pool.value })),
    ...when(pool.level === 'critical' || pgbouncer.level === 'critical', -4, () => because('pool-ran-out')),
    // Requests that wait for what is down wait for no query.
    ...when(down.length > 0, -3, () => because('dependencies-down', { down })),
    ...levels('cpuPercent', metrics, { critical: -3, warning: -3 }),
    ...when(high, -3, () => because('traffic-high')),
    ...(minutes === undefined
      ? []
      : // Right after a deployment, also after the way back, the newest points still speak of the tasks before.
        when(minutes < 30, minutes < 5 ? -6 : -1, () =>
          because('deployed', { minutes: Math.round(minutes) }),
        )),
  ];
}

/** For tasks that run out of memory. */
export function memoryPressure({ stoppedTasks, memoryPercent, series }: Clues, { flat }: Traffic): Finding[] {
  const killed = stoppedTasks.filter(({ kind }) => kind === 'out-of-memory');
  const { value } = memoryPercent;
  const slope = slopePerMinute(series.memoryPercent);
  // One task that died alone, while the others have room, is no shortage.
  const short = (count: number) => count > 1 || (value ?? 0) >= 70;
  return [
    ...killed.flatMap((stop) =>
      lostTasks({ stoppedTasks: [stop] }).map((reason) => ({ weight: short(stop.count) ? 5 : 2, reason })),
    ),
    ...(value === undefined
      ? []
      : [
          ...when(value > 90, 3, () => because('memory-nearly-used-up', { value })),
          ...when(value > 75 && value <= 90, 2, () => because('memory-high', { value })),
          ...when(value < 70, -2, () => because('memory-ok', { value })),
        ]),
    ...when(slope !== undefined && slope >= 0.3 && flat, 2, () =>
      because('memory-grows', { percentPerMinute: tenths(slope) }),
    ),
  ];
}

/** Dependencies that the health checks call down, each once. */
const downOf = ({ api, mcp }: Clues['health']): string[] => [...new Set([...api.down, ...mcp.down])];

/** For a dependency that has failed. */
export function upstreamFailure({ health, metrics, service }: Clues, { flat }: Traffic): Finding[] {
  const down = downOf(health);
  const errors = metrics.errorRatePercent;
  const { level, detail } = health.api;
  const answer = () => because('health', { endpoint: 'api', level, detail });
  return [
    ...when(down.length > 0, 6, () => because('dependencies-down', { down })),
    ...when(down.length === 0 && level === 'critical' && flat, 2, answer),
    ...when(flat && errors.level === 'critical', 1, () =>
      because('errors-at-flat-traffic', { value: errors.value }),
    ),
    ...when(service?.rollout !== undefined && service.rollout !== 'steady', -2, () =>
      because('deployment-running'),
    ),
    ...when(down.length === 0 && level === 'ok', -2, answer),
  ];
}

/** For a bad deployment. */
export function deployment(
  { at, service, metrics, stoppedTasks, releases, health }: Clues,
  { high }: Traffic,
): Finding[] {
  if (!service) return [];
  const { releasedAt, rollout } = service;
  if (!releasedAt) return [];
  const minutes = minutesSince(releasedAt, at) ?? 0;
  const short = isShort(stoppedTasks, service);
  const worse = short ? [] : releases.worse;
  const blamed = isBad(metrics.dbPoolPercent.level) || isBad(metrics.pgbouncerPoolPercent.level);
  const otherwise = short || blamed || downOf(health).length > 0;
  const unexplained = !otherwise && worse.length === 0 && releases.fails;
  const stopped = stoppedTasks
    .filter(({ kind }) => kind !== 'reclaimed' && kind !== 'scaled-in')
    .reduce((total, stop) => total + askedSince(stop, releasedAt), 0);
  return [
    ...when(rollout === 'failed', 5, () => because('rollout-failed')),
    ...when(rollout === 'in-progress' && stopped >= 2, 3, () => because('tasks-fail', { stopped })),
    ...when(worse.length > 0, 5, () =>
      because('worse-since', { minutes: Math.round(minutes), metrics: worse }),
    ),
    ...(worse.includes('errorRatePercent')
      ? levels('errorRatePercent', metrics, { critical: 2, warning: 2 })
      : []),
    ...when(unexplained, 6, () =>
      because('fails-with-room', { minutes: Math.round(minutes), cpu: metrics.cpuPercent.value }),
    ),
    ...when(high && !unexplained, -3, () => because('load-explained')),
  ];
}

/**
 * Whether tasks are gone of which the release is innocent: taken away by AWS, or dead though they ran what was there
 * before it. The same traffic on fewer tasks is more for each of them.
 */
const isShort = (stoppedTasks: Clues['stoppedTasks'], service: ServiceView): boolean =>
  stoppedTasks.some(
    (stop) =>
      stop.kind === 'reclaimed' ||
      ((stop.kind === 'out-of-memory' || stop.kind === 'ran-and-failed') && ranAnother(stop, service)),
  );

const minutesSince = (time: string | undefined, at: Date): number | undefined =>
  time === undefined ? undefined : (at.getTime() - Date.parse(time)) / 60_000;

const isBad = (level: string) => level === 'warning' || level === 'critical';
const when = (holds: boolean, weight: number, reason: () => Reason): Finding[] =>
  holds ? [{ weight, reason: reason() }] : [];
const tenths = (value = 0) => Math.round(value * 10) / 10;

/** A metric at warning or critical, as it weighs. */
function levels(
  metric: MetricName,
  metrics: Clues['metrics'],
  weights: { critical?: number; warning?: number },
): Finding[] {
  const { level, value } = metrics[metric];
  if (level !== 'critical' && level !== 'warning') return [];
  const weight = weights[level];
  return weight === undefined ? [] : [{ weight, reason: because(`metric-${level}`, { metric, value }) }];
}
