import { AwsError } from '../errors.ts';
import type { Site } from '../site.ts';
import { evaluateExpression, type Series, type Value } from './expression.ts';
import { findMetric } from './metrics.ts';
import type { MetricIdentity, MetricQuery } from './schemas.ts';

const SECOND = 1000;

/** Seconds per point of a list of queries: the longest period among them. */
export function periodOf(queries: readonly MetricQuery[]): number {
  return Math.max(...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 1));
}

function startsOfPeriods(period: number, from: number, to: number): number[] {
  const step = period * SECOND;
  const starts = [];
  for (let at = Math.floor(from / step) * step; at < to; at += step) starts.push(at);
  return starts;
}

/** Each task of the sandbox has one vCPU. Source: ECS developer guide, AWS Fargate usage metrics. */
const isFargateUsage = ({ Namespace, MetricName, Dimensions }: MetricIdentity): boolean =>
  Namespace === 'AWS/Usage' &&
  MetricName === 'ResourceCount' &&
  Dimensions.some(({ Name, Value }) => Name === 'Service' && Value === 'Fargate');

/**
 * Values of all queries for periods that start in [from, to), times in milliseconds since the epoch. An unknown
 * metric is an empty series, as on CloudWatch.
 * @throws AwsError ValidationError for unknown ids, circular references and faulty expressions
 */
export function evaluateQueries(
  site: Site,
  queries: readonly MetricQuery[],
  from: number,
  to: number,
): (id: string) => Series {
  const byId = new Map(queries.map((query) => [query.Id, query]));
  if (byId.size < queries.length)
    throw new AwsError('ValidationError', 'The values for parameter id must be unique.');
  const periods = startsOfPeriods(periodOf(queries), from, to);
  const values = new Map<string, Value>();
  const open = new Set<string>();

  function readMetric(stat: NonNullable<MetricQuery['MetricStat']>): Series {
    if (isFargateUsage(stat.Metric)) {
      const used = site.world.services.reduce((sum, { runningCount }) => sum + runningCount, 0);
      return new Map(periods.map((at) => [at, used]));
    }
    const found = findMetric(site, stat.Metric);
    if (found === undefined) return new Map();
    const start = Math.floor(from / (stat.Period * SECOND)) * stat.Period * SECOND;
    const points = found.service.datapoints(found.name, stat.Stat, stat.Period, start, to);
    return new Map(points.map((point) => [point.at, point.value]));
  }

  function lookUp(id: string): Value {
    const known = values.get(id);
    if (known !== undefined) return known;
    const query = byId.get(id);
    if (query === undefined || open.has(id)) {
      throw new AwsError(
        'ValidationError',
        `Error in expression: the id '${id}' is unknown or refers to itself.`,
      );
    }
    open.add(id);
    const value =
      query.MetricStat !== undefined
        ? readMetric(query.MetricStat)
        : evaluateExpression(query.Expression ?? '', { lookUp, periods });
    open.delete(id);
    values.set(id, value);
    return value;
  }

  return (id) => {
    const value = lookUp(id);
    return typeof value === 'number' ? new Map(periods.map((at) => [at, value])) : value;
  };
}
