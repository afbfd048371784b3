import { type Operation, page, parseInput } from '../input.ts';
import type { Site } from '../site.ts';
import { knownMetrics } from './metrics.ts';
import { ListMetrics, type MetricIdentity } from './schemas.ts';

/** CloudWatch's own page. */
const METRICS_PER_PAGE = 500;
const HOUR = 3_600_000;

type Filter = Pick<MetricIdentity, 'Namespace' | 'MetricName'> & {
  Dimensions: readonly { Name: string; Value?: string | undefined }[];
};

/** A dimension without a value fits every value, and a metric may have others besides (API_ListMetrics.html). */
const fits = (metric: MetricIdentity, { Namespace, MetricName, Dimensions }: Filter): boolean =>
  (Namespace ?? metric.Namespace) === metric.Namespace &&
  (MetricName ?? metric.MetricName) === metric.MetricName &&
  Dimensions.every((wanted) =>
    metric.Dimensions.some(({ Name, Value }) => Name === wanted.Name && (wanted.Value ?? Value) === Value),
  );

/** ListMetrics: what had a point in the last two weeks, or in the last three hours when asked. */
export function listMetrics(site: Site): Operation {
  return (input) => {
    const { RecentlyActive, NextToken, ...filter } = parseInput(ListMetrics, input, 'InvalidParameterValue');
    const hours = RecentlyActive === undefined ? 14 * 24 : 3;
    const listed = knownMetrics(site)
      .filter(({ identity }) => fits(identity, filter))
      .filter(
        ({ metric: { service, name } }) =>
          service.datapoints(name, 'Average', 60, site.now() - hours * HOUR, site.now()).length > 0,
      )
      .map(({ identity }) => identity);
    const { items, nextToken } = page(listed, METRICS_PER_PAGE, NextToken, 'InvalidNextToken');
    return { Metrics: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
  };
}
