import { type Site, uuid } from '../site.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import { eventTime } from './reason.ts';
import type { MetricQuery } from './schemas.ts';

interface EventState {
  value: string;
  reason: string;
  reasonData?: string;
  timestamp: string;
}

/** EventBridge's "CloudWatch Alarm State Change" document (cloudwatch-and-eventbridge.html). */
export interface AlarmEvent {
  version: '0';
  id: string;
  'detail-type': 'CloudWatch Alarm State Change';
  source: 'aws.cloudwatch';
  account: string;
  /** Whole seconds, UTC. */
  time: string;
  region: string;
  resources: string[];
  detail: {
    alarmName: string;
    state: EventState;
    previousState: EventState;
    configuration: { description?: string; metrics: Record<string, unknown>[] };
  };
}

function eventState(state: AlarmState): EventState {
  return {
    value: state.value,
    reason: state.reason,
    ...(state.reasonData !== undefined && { reasonData: state.reasonData }),
    timestamp: eventTime(state.at),
  };
}

/** In events dimensions are a map and member names start in lower case, unlike in the API. */
function eventMetric(query: MetricQuery, id: string): Record<string, unknown> {
  const { MetricStat: stat, Expression: expression } = query;
  return {
    id,
    ...(expression !== undefined && { expression }),
    ...(query.Label !== undefined && { label: query.Label }),
    ...(stat !== undefined && {
      metricStat: {
        metric: {
          namespace: stat.Metric.Namespace,
          name: stat.Metric.MetricName,
          dimensions: Object.fromEntries(stat.Metric.Dimensions.map(({ Name, Value }) => [Name, Value])),
        },
        period: stat.Period,
        stat: stat.Stat,
      },
    }),
    returnData: query.ReturnData,
  };
}

/** The event of a transition from `previous` to the alarm's present state. */
export function alarmEvent(site: Site, alarm: Alarm, previous: AlarmState): AlarmEvent {
  const { definition, state } = alarm;
  return {
    version: '0',
    id: uuid(site),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: site.account,
    time: new Date(state.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: site.region,
    resources: [alarm.arn],
    detail: {
      alarmName: definition.AlarmName,
      state: eventState(state),
      previousState: eventState(previous),
      configuration: {
        ...(definition.AlarmDescription !== undefined && { description: definition.AlarmDescription }),
        // CloudWatch invents an id for the metric of an alarm without metric math.
        metrics: alarm.queries.map((query) => eventMetric(query, definition.Metrics ? query.Id : uuid(site))),
      },
    },
  };
}
