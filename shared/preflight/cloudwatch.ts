import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { alarmsOf } from '../alarms/cloudwatch-alarms.ts';
import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import { readMetrics } from '../metrics/cloudwatch.ts';
import { given, once, type Trial } from './trials.ts';

/** Looks the alarms up that can start a run, and whether each is there. */
export function alarmTrials(client: CloudWatchClient, service: ServiceConfig, config: Config): Trial[] {
  const names = alarmsOf(service, config).map(({ AlarmName = '' }) => AlarmName);
  const described = once(() =>
    client.send(
      // Composite alarms would need the right to see every alarm of the account.
      new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }),
    ),
  );
  return [
    {
      check: 'cloudwatch:DescribeAlarms',
      async try() {
        await described();
        return undefined;
      },
    },
    {
      check: 'alarms',
      try: () =>
        given(described, ({ MetricAlarms = [] }) => {
          const there = MetricAlarms.map(({ AlarmName }) => AlarmName);
          const missing = names.filter((name) => !there.includes(name));
          // Only those that are gone: nobody compares two lists of seven names at 3 am.
          return missing.length === 0 ? undefined : { configured: missing.join(', '), found: '' };
        }),
    },
  ];
}

/** Reads every metric as an assessment does; CloudWatch may refuse all results of a call that it takes. */
export const metricsTrial = (
  client: CloudWatchClient,
  service: ServiceConfig,
  config: Config,
  now: Date,
): Trial => ({
  check: 'cloudwatch:GetMetricData',
  async try() {
    const series = Object.values(await readMetrics(client, service, config, now));
    const unknown = series.flatMap((one) => ('unknown' in one ? one.unknown : []));
    const denied = unknown.find(({ cause }) => cause === 'denied');
    if (denied) throw Object.assign(new Error('Forbidden'), { name: 'AccessDeniedException' });
    // No task, no point: that says nothing of the right.
    const failed = unknown.find(({ cause }) => cause === 'failed');
    return failed && { unknown: failed };
  },
});
