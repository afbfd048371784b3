import { z } from 'zod';

const Dimension = z.object({ Name: z.string().min(1), Value: z.string().min(1) });

/** A metric by namespace, name and its exact set of dimensions. */
export const Metric = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(Dimension).default([]),
});

const Statistic = z
  .string()
  .regex(/^(SampleCount|Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d+)?|p100)$/, 'is not a supported statistic');

/** Periods below a minute that CloudWatch knows; all others are multiples of 60. */
const Period = z
  .int()
  .refine((period) => [1, 5, 10, 20, 30].includes(period) || (period >= 60 && period % 60 === 0), {
    message: 'must be 1, 5, 10, 20, 30 or a multiple of 60',
  });

/** `MetricDataQuery` of GetMetricData and of alarms on metric math. */
export const MetricDataQuery = z.object({
  Id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/, 'must start with a lower-case letter'),
  // Application Auto Scaling leaves the period out: its metrics are read minute by minute.
  MetricStat: z
    .object({ Metric, Period: Period.default(60), Stat: Statistic, Unit: z.string().optional() })
    .optional(),
  Expression: z.string().min(1).optional(),
  Label: z.string().optional(),
  ReturnData: z.boolean().default(true),
  Period: Period.optional(),
});

export type MetricIdentity = z.infer<typeof Metric>;
export type MetricQuery = z.infer<typeof MetricDataQuery>;

export const GetMetricData = z.object({
  MetricDataQueries: z.array(MetricDataQuery).min(1).max(500),
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
});

/** Of a dimension the value may be left out. */
export const ListMetrics = z.object({
  Namespace: z.string().min(1).max(255).optional(),
  MetricName: z.string().min(1).max(255).optional(),
  Dimensions: z
    .array(z.object({ Name: z.string().min(1), Value: z.string().min(1).optional() }))
    .max(10)
    .default([]),
  RecentlyActive: z.literal('PT3H').optional(),
  NextToken: z.string().optional(),
});

/** Comparisons without anomaly detection bands, which are not simulated. */
export const COMPARISONS = {
  GreaterThanThreshold: { text: 'greater than', breaches: (value: number, limit: number) => value > limit },
  GreaterThanOrEqualToThreshold: {
    text: 'greater than or equal to',
    breaches: (value: number, limit: number) => value >= limit,
  },
  LessThanThreshold: { text: 'less than', breaches: (value: number, limit: number) => value < limit },
  LessThanOrEqualToThreshold: {
    text: 'less than or equal to',
    breaches: (value: number, limit: number) => value <= limit,
  },
} as const;

const Actions = z.array(z.string()).max(5).default([]);
const AlarmName = z.string().min(1).max(255);

export const PutMetricAlarm = z
  .object({
    AlarmName,
    AlarmDescription: z.string().max(1024).optional(),
    ActionsEnabled: z.boolean().default(true),
    OKActions: Actions,
    AlarmActions: Actions,
    InsufficientDataActions: Actions,
    MetricName: z.string().optional(),
    Namespace: z.string().optional(),
    Statistic: Statistic.optional(),
    ExtendedStatistic: Statistic.optional(),
    Dimensions: z.array(Dimension).default([]),
    Period: Period.optional(),
    Unit: z.string().optional(),
    EvaluationPeriods: z.int().min(1),
    DatapointsToAlarm: z.int().min(1).optional(),
    Threshold: z.number(),
    ComparisonOperator: z.enum([
      'GreaterThanThreshold',
      'GreaterThanOrEqualToThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    TreatMissingData: z.enum(['missing', 'notBreaching', 'breaching', 'ignore']).default('missing'),
    EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).optional(),
    Metrics: z.array(MetricDataQuery).max(20).optional(),
  })
  .refine((alarm) => (alarm.Metrics === undefined) !== (alarm.MetricName === undefined), {
    message: 'either MetricName or Metrics must be given',
    path: ['Metrics'],
  })
  .refine((alarm) => (alarm.DatapointsToAlarm ?? 1) <= alarm.EvaluationPeriods, {
    message: 'must be less than or equal to EvaluationPeriods',
    path: ['DatapointsToAlarm'],
  })
  .refine(
    (alarm) =>
      alarm.Metrics !== undefined ||
      (alarm.Period !== undefined && (alarm.Statistic ?? alarm.ExtendedStatistic) !== undefined),
    { message: 'Period and Statistic or ExtendedStatistic are required with MetricName', path: ['Period'] },
  );

/** The input of PutMetricAlarm, with defaults to be filled in. */
export type AlarmInput = z.input<typeof PutMetricAlarm>;
export type AlarmDefinition = z.output<typeof PutMetricAlarm>;

export const StateValue = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
export type AlarmStateValue = z.infer<typeof StateValue>;

export const DescribeAlarms = z.object({
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmNamePrefix: z.string().optional(),
  /** Without it only metric alarms are returned. */
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
  StateValue: StateValue.optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});
export const DeleteAlarms = z.object({ AlarmNames: z.array(z.string()).max(100) });
export const SetAlarmState = z.object({
  AlarmName,
  StateValue,
  StateReason: z.string().max(1023),
  StateReasonData: z.string().optional(),
});
