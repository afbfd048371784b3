import { AwsError } from '../errors.ts';
import { type Operation, type Output, parseInput } from '../input.ts';
import { epochSeconds, type Site } from '../site.ts';
import { evaluateQueries } from './queries.ts';
import { GetMetricData, type MetricQuery } from './schemas.ts';

/** A query's own label, or what CloudWatch calls it: the metric's name, or the id of an expression. */
function labelOf(query: MetricQuery): string {
  return query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id;
}

/** JSON has no NaN; the AWS JSON protocols write it as a string. */
function wireNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** GetMetricData: start inclusive and rounded down to the minute, end exclusive, newest first unless asked. */
export function getMetricData(site: Site): Operation {
  return (input): Output => {
    const request = parseInput(GetMetricData, input, 'ValidationError');
    if (request.StartTime >= request.EndTime) {
      throw new AwsError(
        'ValidationError',
        'The parameter StartTime must be less than the parameter EndTime.',
      );
    }
    const queries = request.MetricDataQueries;
    for (const query of queries) {
      if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
        throw new AwsError('ValidationError', `Query '${query.Id}' needs either MetricStat or Expression.`);
      }
    }
    const from = Math.floor(request.StartTime / 60) * 60_000;
    const seriesOf = evaluateQueries(site, queries, from, request.EndTime * 1000);
    const results = queries
      .filter((query) => query.ReturnData)
      .map((query) => {
        const points = [...seriesOf(query.Id)].sort(([a], [b]) => a - b);
        if (request.ScanBy === 'TimestampDescending') points.reverse();
        return {
          Id: query.Id,
          Label: labelOf(query),
          Timestamps: points.map(([at]) => epochSeconds(at)),
          Values: points.map(([, value]) => wireNumber(value)),
          StatusCode: 'Complete',
        };
      });
    return { MetricDataResults: results, Messages: [] };
  };
}
