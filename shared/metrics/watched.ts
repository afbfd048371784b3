import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { SeriesName } from '../config/metric-catalogue.ts';
import type { ServiceConfig } from '../config/service.ts';
import { queriesOf } from './cloudwatch.ts';

interface Watched {
  shown: MetricDataQuery;
  needed: MetricDataQuery[];
}

/**
 * The query of a series for what watches without a run: alarms and the dashboard. Where the configuration names a second
 * target group, both are watched, because ECS moves the traffic between them: counts are summed, of anything else the
 * larger one counts. Source: CloudWatch User Guide, metric math functions.
 */
export function watchedQueries(service: ServiceConfig, name: SeriesName, finest = false): Watched {
  const { shown, needed } = queriesOf(service, name, finest);
  const last = overGroups(shown, service);
  const before = needed.map((query) => overGroups(query, service));
  return {
    shown: last.shown,
    needed: [...before.flatMap((one) => [...one.needed, one.shown]), ...last.needed],
  };
}

/** A query of the configured target group, under its own id, over the second one as well. */
export function overGroups(query: MetricDataQuery, service: ServiceConfig): Watched {
  const { Id, MetricStat } = query;
  const other = service.alternateTargetGroup;
  if (!other || !MetricStat?.Metric?.Dimensions?.some(({ Name }) => Name === 'TargetGroup'))
    return { shown: query, needed: [] };
  const alternate = MetricStat.Metric.Dimensions.map(({ Name, Value }) => ({
    Name,
    Value: Name === 'TargetGroup' ? other : Value,
  }));
  const Metric = { ...MetricStat.Metric, Dimensions: alternate };
  const ids = [`${Id}One`, `${Id}Other`];
  return {
    // Unlike `+`, these take a group without a point for one that is not there.
    shown: {
      Id,
      Expression: `${MetricStat.Stat === 'Sum' ? 'SUM' : 'MAX'}([${ids.join(', ')}])`,
      ReturnData: query.ReturnData,
    },
    needed: [
      { Id: ids[0], MetricStat, ReturnData: false },
      { Id: ids[1], MetricStat: { ...MetricStat, Metric }, ReturnData: false },
    ],
  };
}
