import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { calls, cluster, service } from './call.ts';

const start = new Date('2026-10-02T16:40:00Z');
const end = new Date('2026-10-02T16:45:00Z');

export const cpuMetric = {
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Dimensions: [
    { Name: 'ClusterName', Value: cluster },
    { Name: 'ServiceName', Value: service },
  ],
};

const query = (Id: string, part: Partial<MetricDataQuery> = {}): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: cpuMetric, Period: 60, Stat: 'Average' },
  ...part,
});
const data = (MetricDataQueries: MetricDataQuery[], times = { StartTime: start, EndTime: end }) =>
  new GetMetricDataCommand({ MetricDataQueries, ...times });

const alarm = {
  AlarmName: 'cpu-high',
  Namespace: cpuMetric.Namespace,
  MetricName: cpuMetric.MetricName,
  Dimensions: cpuMetric.Dimensions,
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 80,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
} as const;
const read = { AlarmNames: [alarm.AlarmName] };

export const cloudWatchCalls = calls({
  'CloudWatch PutMetricAlarm': ({ cloudWatch }) => cloudWatch.send(new PutMetricAlarmCommand(alarm)),
  'CloudWatch PutMetricAlarm, more points than periods': ({ cloudWatch }) =>
    cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: 'faulty', DatapointsToAlarm: 4 })),
  'CloudWatch DescribeAlarms': ({ cloudWatch }) => cloudWatch.send(new DescribeAlarmsCommand(read)),
  'CloudWatch DescribeAlarms, missing': ({ cloudWatch }) =>
    cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['no-such'] })),
  'CloudWatch DescribeAlarms, by prefix and state': ({ cloudWatch }) =>
    cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'cpu-', StateValue: 'ALARM' })),
  'CloudWatch SetAlarmState': ({ cloudWatch }) =>
    cloudWatch.send(
      new SetAlarmStateCommand({
        ...alarm,
        StateValue: 'ALARM',
        StateReason: 'a test',
        StateReasonData: '{}',
      }),
    ),
  'CloudWatch SetAlarmState, missing': ({ cloudWatch }) =>
    cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'no-such', StateValue: 'OK', StateReason: '' })),
  'CloudWatch DescribeAlarms, in alarm': ({ cloudWatch }) => cloudWatch.send(new DescribeAlarmsCommand(read)),
  'CloudWatch DeleteAlarms, missing': ({ cloudWatch }) =>
    cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['no-such'] })),
  'CloudWatch DeleteAlarms': ({ cloudWatch }) => cloudWatch.send(new DeleteAlarmsCommand(read)),
  'CloudWatch GetMetricData': ({ cloudWatch }) => cloudWatch.send(data([query('m1', { Label: 'CPU' })])),
  'CloudWatch GetMetricData, without a label': ({ cloudWatch }) => cloudWatch.send(data([query('m1')])),
  'CloudWatch GetMetricData, oldest first': ({ cloudWatch }) =>
    cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [query('m1', { Label: 'CPU' })],
        StartTime: start,
        EndTime: end,
        ScanBy: 'TimestampAscending',
      }),
    ),
  'CloudWatch GetMetricData, unknown metric': ({ cloudWatch }) =>
    cloudWatch.send(
      data([
        query('m1', {
          Label: 'none',
          MetricStat: {
            Metric: { ...cpuMetric, Namespace: 'AWS/No', MetricName: 'Such' },
            Period: 60,
            Stat: 'Sum',
          },
        }),
      ]),
    ),
  'CloudWatch GetMetricData, percentile': ({ cloudWatch }) =>
    cloudWatch.send(
      data([query('m1', { Label: 'CPU', MetricStat: { Metric: cpuMetric, Period: 60, Stat: 'p99' } })]),
    ),
  'CloudWatch GetMetricData, metric math': ({ cloudWatch }) =>
    cloudWatch.send(data([query('m1', { ReturnData: false }), { Id: 'twice', Expression: 'm1 * 2' }])),
  'CloudWatch GetMetricData, end before start': ({ cloudWatch }) =>
    cloudWatch.send(data([query('m1')], { StartTime: end, EndTime: start })),
  'CloudWatch GetMetricData, one id twice': ({ cloudWatch }) =>
    cloudWatch.send(data([query('m1'), query('m1')])),
});
