import type { Assessment, Cause, ServiceView } from '../document/assessment.ts';
import { type Point, type Series, slopePerMinute } from '../metrics/series.ts';

/** What the causes are told apart by. */
export interface Clues {
  at: Date;
  service: ServiceView | undefined;
  stoppedTasks: Assessment['stoppedTasks'];
  metrics: Assessment['metrics'];
  memoryPercent: Assessment['memoryPercent'];
  memory: Series;
  requests: Series;
  health: Assessment['health'];
}

/** One observation that speaks for a cause (positive weight) or against it (negative). */
interface Finding {
  weight: number;
  text: string;
}

type CauseName = Exclude<Cause['name'], 'unclear'>;

/** Evidence below this is not enough to name a cause. */
const enough = 3;
/** How far ahead of the next cause makes it medium or high. */
const mediumLead = 2;
const highLead = 4;

/**
 * The most probable of the runbook's common causes (Step 1), with what speaks for it and against it. Every cause
 * collects weighted findings; the highest sum wins, and its lead over the next says how sure it is. Pure.
 */
export function diagnose(clues: Clues): Cause {
  const traffic = trafficOf(clues);
  const findings: Record<CauseName, Finding[]> = {
    deployment: deployment(clues, traffic),
    'upstream-failure': upstreamFailure(clues, traffic),
    'memory-pressure': memoryPressure(clues, traffic),
    'pool-exhaustion': poolExhaustion(clues),
    'traffic-spike': trafficSpike(clues, traffic),
    'slow-queries': slowQueries(clues, traffic),
  };
  const ranked = Object.entries(findings)
    .map(([name, found]) => ({ name: name as CauseName, found, score: sum(found) }))
    .toSorted((a, b) => b.score - a.score);
  const [best, next] = ranked;
  if (!best || best.score < enough) return unclear(clues);
  const lead = best.score - Math.max(next?.score ?? 0, 0);
  return {
    name: best.name,
    confidence: lead >= highLead ? 'high' : lead >= mediumLead ? 'medium' : 'low',
    evidence: best.found.filter(({ weight }) => weight > 0).map(({ text }) => text),
    against: best.found.filter(({ weight }) => weight < 0).map(({ text }) => text),
  };
}

function unclear({ metrics }: Clues): Cause {
  const unknown = Object.entries(metrics).filter(([, { level }]) => level === 'unknown');
  const evidence = unknown.map(([name, { unknown: why }]) => `${name} is unknown: ${why?.text}`);
  return { name: 'unclear', confidence: 'low', evidence, against: [] };
}

interface Traffic {
  /** The newest rate ÷ the median of the window's oldest points; undefined when unknown. */
  ratio: number | undefined;
  high: boolean;
  flat: boolean;
}

const oldPoints = 5;

function trafficOf({ requests, metrics }: Clues): Traffic {
  const { level } = metrics.requestRatePerMinute;
  const points = 'points' in requests ? requests.points : [];
  const now = points.at(-1)?.value;
  const before = median(points.slice(0, oldPoints));
  const ratio =
    now !== undefined && before !== undefined && before > 0 && points.length > oldPoints
      ? now / before
      : undefined;
  const high = level === 'warning' || level === 'critical' || (ratio ?? 0) >= 1.5;
  return { ratio, high, flat: !high && level === 'ok' && (ratio ?? 1) < 1.3 };
}

function trafficSpike({ metrics }: Clues, { ratio, high }: Traffic): Finding[] {
  const rate = metrics.requestRatePerMinute;
  const cpu = metrics.cpuPercent;
  return [
    when(rate.level === 'critical', 3, `request rate ${rate.value}/min is critical`),
    when(rate.level === 'warning', 2, `request rate ${rate.value}/min is at warning`),
    when((ratio ?? 0) >= 1.5, 2, `traffic is ${ratio?.toFixed(1)}× what it was ten minutes ago`),
    when(high && isBad(cpu.level), 1, `CPU ${cpu.value} % goes with it`),
    when(
      high && cpu.level === 'ok',
      -1,
      `CPU ${cpu.value} % is ok: the requests are cheap, or wait for something else`,
    ),
  ].flat();
}

function poolExhaustion({ metrics }: Clues): Finding[] {
  const { dbPoolPercent: pool, pgbouncerPoolPercent: pgbouncer, pgbouncerWaitMilliseconds: wait } = metrics;
  return [
    when(pool.level === 'critical', 3, `DB pool ${pool.value} % is critical`),
    when(pool.level === 'warning', 1, `DB pool ${pool.value} % is at warning`),
    when(pgbouncer.level === 'critical', 3, `PgBouncer pool ${pgbouncer.value} % is critical`),
    when(pgbouncer.level === 'warning', 1, `PgBouncer pool ${pgbouncer.value} % is at warning`),
    when(wait.level === 'critical', 2, `clients wait ${wait.value} ms for PgBouncer`),
    when(
      pool.level === 'ok' && pgbouncer.level === 'ok',
      -3,
      `DB pool ${pool.value} % and PgBouncer ${pgbouncer.value} % are ok`,
    ),
  ].flat();
}

function slowQueries({ metrics, at, service }: Clues, { high, flat }: Traffic): Finding[] {
  const { latencyP95Seconds: p95, latencyP99Seconds: p99, cpuPercent: cpu } = metrics;
  const { dbPoolPercent: pool, pgbouncerPoolPercent: pgbouncer } = metrics;
  const slow = isBad(p95.level) || isBad(p99.level);
  const deployedMinutes = minutesSinceDeployment(at, service);
  return [
    when(p99.level === 'critical', 2, `P99 ${p99.value} s is critical`),
    when(slow && p99.level !== 'critical', 1, `P95 ${p95.value} s, P99 ${p99.value} s are slow`),
    when(slow && cpu.level === 'ok', 2, `CPU ${cpu.value} % is ok: requests wait, they do not compute`),
    when(slow && flat, 2, 'traffic is flat'),
    when(slow && isBad(pool.level), 1, `connections are held longer: DB pool ${pool.value} %`),
    when(pool.level === 'critical' || pgbouncer.level === 'critical', -4, 'the pool itself has run out'),
    when(isBad(cpu.level), -3, `CPU ${cpu.value} % is ${cpu.level}`),
    when(high, -3, 'traffic is high'),
    when(
      deployedMinutes !== undefined && deployedMinutes < 30,
      -1,
      `deployed ${Math.round(deployedMinutes ?? 0)} min ago`,
    ),
  ].flat();
}

function memoryPressure({ stoppedTasks, memoryPercent, memory }: Clues, { flat }: Traffic): Finding[] {
  const killed = stoppedTasks.filter(({ kind }) => kind === 'out-of-memory');
  const value = memoryPercent.value;
  const slope = slopePerMinute(memory);
  const rising = slope !== undefined && slope >= 0.3;
  return [
    ...killed.map(({ count, reason }) => ({ weight: 5, text: `${count} × ${reason}` })),
    when(value !== undefined && value > 90, 3, `memory ${value} % is nearly used up`),
    when(value !== undefined && value > 75 && value <= 90, 2, `memory ${value} % is high`),
    when(rising && flat, 2, `memory grows by ${slope?.toFixed(1)} % per minute at flat traffic`),
    when(value !== undefined && value < 70, -2, `memory ${value} % is ok`),
  ].flat();
}

function upstreamFailure({ health, metrics, service }: Clues, { flat }: Traffic): Finding[] {
  const down = [...new Set([...health.api.down, ...health.mcp.down])];
  const errors = metrics.errorRatePercent;
  const answers = health.api.level !== 'critical';
  return [
    when(down.length > 0, 6, `the API's own health check says ${down.join(', ')} down`),
    when(down.length === 0 && !answers && flat, 2, `API health: ${health.api.detail}`),
    when(flat && errors.level === 'critical', 1, `errors ${errors.value} % at flat traffic`),
    when(service?.rollout !== undefined && service.rollout !== 'steady', -2, 'a deployment is running'),
    when(down.length === 0 && health.api.level === 'ok', -2, `API health: ${health.api.detail}`),
  ].flat();
}

function deployment({ at, service, metrics, stoppedTasks }: Clues, { flat, high }: Traffic): Finding[] {
  if (!service) return [];
  const minutes = minutesSinceDeployment(at, service);
  const recent = minutes !== undefined && minutes < 60;
  const { errorRatePercent: errors, latencyP99Seconds: p99, cpuPercent: cpu } = metrics;
  const hurts = isBad(errors.level) || isBad(p99.level) || isBad(cpu.level);
  const stopped = stoppedTasks.reduce((total, { count }) => total + count, 0);
  const failing = service.failedTasks + stopped > 0;
  return [
    when(service.rollout === 'failed', 5, 'its rollout has failed'),
    when(
      service.rollout === 'in-progress' && failing,
      3,
      `a deployment is running, and tasks fail: ${service.failedTasks} of its own, ${stopped} stopped in the last quarter of an hour`,
    ),
    when(recent, 2, `deployed ${Math.round(minutes ?? 0)} min ago`),
    when(recent && hurts && flat, 3, 'it got worse at flat traffic since'),
    when(recent && isBad(errors.level), 2, `errors ${errors.value} % are ${errors.level}`),
    when(high, -3, 'traffic is high, which explains the load without it'),
  ].flat();
}

function minutesSinceDeployment(at: Date, service: ServiceView | undefined): number | undefined {
  return service?.deployedAt === undefined
    ? undefined
    : (at.getTime() - Date.parse(service.deployedAt)) / 60_000;
}

const isBad = (level: string) => level === 'warning' || level === 'critical';
const when = (holds: boolean, weight: number, text: string): Finding[] => (holds ? [{ weight, text }] : []);
const sum = (found: readonly Finding[]) => found.reduce((total, { weight }) => total + weight, 0);

function median(points: readonly Point[]): number | undefined {
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
