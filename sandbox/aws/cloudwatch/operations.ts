import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { epochSeconds, type Site } from '../site.ts';
import type { Alarm } from './alarm.ts';
import type { Alarms } from './alarms.ts';
import { listMetrics } from './list-metrics.ts';
import { getMetricData } from './metric-data.ts';
import { DeleteAlarms, DescribeAlarms, PutMetricAlarm, SetAlarmState } from './schemas.ts';

const INVALID = 'ValidationError';

function alarmShape({ definition, ...alarm }: Alarm): Output {
  const { state } = alarm;
  return {
    ...definition,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: epochSeconds(alarm.configuredAt),
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData !== undefined && { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: epochSeconds(state.at),
    StateTransitionedTimestamp: epochSeconds(alarm.transitionedAt),
  };
}

/** The CloudWatch operations that the product and the sandbox use. Composite alarms are not simulated. */
export function cloudWatchOperations(site: Site, alarms: Alarms): Operations {
  return {
    GetMetricData: getMetricData(site),
    ListMetrics: listMetrics(site),

    DescribeAlarms(input) {
      const request = parseInput(DescribeAlarms, input, INVALID);
      const metricAlarms = request.AlarmTypes.includes('MetricAlarm') ? alarms.all() : [];
      const selected = metricAlarms.filter(({ definition: { AlarmName: name }, state }) => {
        const named = request.AlarmNames === undefined || request.AlarmNames.includes(name);
        const prefixed = name.startsWith(request.AlarmNamePrefix ?? '');
        return named && prefixed && (request.StateValue ?? state.value) === state.value;
      });
      const { items, nextToken } = page(selected, request.MaxRecords, request.NextToken, 'InvalidNextToken');
      return {
        MetricAlarms: items.map(alarmShape),
        CompositeAlarms: [],
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },

    PutMetricAlarm(input) {
      alarms.putAlarm(parseInput(PutMetricAlarm, input, INVALID));
      return {};
    },

    DeleteAlarms(input) {
      const { AlarmNames: names } = parseInput(DeleteAlarms, input, INVALID);
      const unknown = names.filter((name) => alarms.find(name) === undefined);
      if (unknown.length > 0)
        throw new AwsError('ResourceNotFound', `Unknown alarms: ${unknown.join(', ')}`, 404);
      for (const name of names) alarms.deleteAlarm(name);
      return {};
    },

    SetAlarmState(input) {
      const request = parseInput(SetAlarmState, input, INVALID);
      alarms.setState(request.AlarmName, request.StateValue, request.StateReason, request.StateReasonData);
      return {};
    },
  };
}
