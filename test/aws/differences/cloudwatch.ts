import { absent, elements, type KnownDifferences, none } from './difference.ts';

const cloudWatch = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/';

export const cloudWatchDifferences: KnownDifferences[] = [
  {
    aws: 'A new alarm is in INSUFFICIENT_DATA until its first evaluation.',
    decides: `${cloudWatch}API_PutMetricAlarm.html`,
    right: 'sandbox',
    rows: [
      ['CloudWatch DescribeAlarms', 'MetricAlarms[].StateValue', 'INSUFFICIENT_DATA', 'OK'],
      ['CloudWatch DescribeAlarms', 'MetricAlarms[].StateReasonData', absent, '{}'],
    ],
  },
  {
    aws: 'M of N: the datapoints to alarm cannot be more than the evaluation periods.',
    decides: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html',
    right: 'sandbox',
    rows: [
      ['CloudWatch PutMetricAlarm, more points than periods', 'error', 'ValidationException (400)', none],
    ],
  },
  {
    aws: 'An alarm tells when its state changed last; metrics are listed where it is on metric math.',
    decides: `${cloudWatch}API_MetricAlarm.html`,
    right: 'sandbox',
    rows: [
      ['CloudWatch DescribeAlarms', 'MetricAlarms[].StateTransitionedTimestamp', '<time>', absent],
      ['CloudWatch DescribeAlarms', 'MetricAlarms[].Metrics', absent, elements(0)],
      ['CloudWatch DescribeAlarms, in alarm', 'MetricAlarms[].StateTransitionedTimestamp', '<time>', absent],
      ['CloudWatch DescribeAlarms, in alarm', 'MetricAlarms[].Metrics', absent, elements(0)],
    ],
  },
  {
    aws: 'A prefix and a state together select alarms that have both.',
    decides: `${cloudWatch}API_DescribeAlarms.html`,
    right: 'sandbox',
    rows: [['CloudWatch DescribeAlarms, by prefix and state', 'MetricAlarms', elements(0), elements(1)]],
  },
  {
    aws: 'An alarm that does not exist is a ResourceNotFound.',
    decides: `${cloudWatch}API_DeleteAlarms.html`,
    right: 'sandbox',
    rows: [['CloudWatch DeleteAlarms, missing', 'error', 'ResourceNotFound (404)', none]],
  },
  {
    aws: 'Messages about the whole operation may be there; without a label CloudWatch makes one.',
    decides: `${cloudWatch}API_GetMetricData.html`,
    right: 'neither contradicts it',
    rows: [
      ['CloudWatch GetMetricData', 'Messages', elements(0), absent],
      ['CloudWatch GetMetricData, without a label', 'Messages', elements(0), absent],
      ['CloudWatch GetMetricData, oldest first', 'Messages', elements(0), absent],
      ['CloudWatch GetMetricData, unknown metric', 'Messages', elements(0), absent],
      ['CloudWatch GetMetricData, metric math', 'Messages', elements(0), absent],
      [
        'CloudWatch GetMetricData, without a label',
        'MetricDataResults[].Label',
        'CPUUtilization',
        'CPUUtilization Average',
      ],
    ],
  },
  {
    aws: 'Percentiles are statistics, expressions are computed, and ids are unique; moto has neither of the first two.',
    decides: `${cloudWatch}API_MetricDataQuery.html`,
    right: 'sandbox',
    rows: [
      ['CloudWatch GetMetricData, percentile', 'error', none, 'a crash (500)'],
      ['CloudWatch GetMetricData, metric math', 'MetricDataResults[].Timestamps', elements(5), elements(0)],
      ['CloudWatch GetMetricData, metric math', 'MetricDataResults[].Values', elements(5), elements(0)],
      ['CloudWatch GetMetricData, one id twice', 'error', 'ValidationException (400)', none],
    ],
  },
];
