import { z } from 'zod';
import { MetricDataQuery } from '../cloudwatch/schemas.ts';
import { DIMENSION, NAMESPACE } from './names.ts';

const namespace = z.literal(NAMESPACE, 'Unsupported service namespace, resource type or scalable dimension');
const dimension = z.literal(DIMENSION, 'Unsupported service namespace, resource type or scalable dimension');
const token = z.string().optional();

/** Namespace, resource and dimension: what names a scalable target in every call. */
const triple = { ServiceNamespace: namespace, ResourceId: z.string().min(1), ScalableDimension: dimension };

export const TargetTriple = z.object(triple);

export const RegisterScalableTarget = z.object({
  ...triple,
  MinCapacity: z.int().min(0).optional(),
  MaxCapacity: z.int().min(0).optional(),
  SuspendedState: z
    .object({
      DynamicScalingInSuspended: z.boolean().optional(),
      DynamicScalingOutSuspended: z.boolean().optional(),
      ScheduledScalingSuspended: z.boolean().optional(),
    })
    .optional(),
});

export const DescribeScalableTargets = z.object({
  ServiceNamespace: namespace,
  ResourceIds: z.array(z.string()).max(50).optional(),
  ScalableDimension: dimension.optional(),
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: token,
});

/** The metrics that AWS defines for ECS (API_PredefinedMetricSpecification.html). */
const PREDEFINED_METRICS = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ECSServiceAverageCPUUtilizationHighResolution',
  'ECSServiceAverageMemoryUtilizationHighResolution',
  'ALBRequestCountPerTarget',
] as const;

const TargetTrackingConfiguration = z
  .object({
    TargetValue: z.number().positive(),
    PredefinedMetricSpecification: z
      .object({ PredefinedMetricType: z.enum(PREDEFINED_METRICS), ResourceLabel: z.string().optional() })
      .optional(),
    CustomizedMetricSpecification: z
      .object({
        MetricName: z.string().optional(),
        Namespace: z.string().optional(),
        Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
        Statistic: z.enum(['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum']).optional(),
        Unit: z.string().optional(),
        Metrics: z.array(MetricDataQuery).optional(),
      })
      .optional(),
    ScaleOutCooldown: z.int().min(0).optional(),
    ScaleInCooldown: z.int().min(0).optional(),
    DisableScaleIn: z.boolean().default(false),
  })
  .refine(
    (policy) =>
      (policy.PredefinedMetricSpecification === undefined) !==
      (policy.CustomizedMetricSpecification === undefined),
    'Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be given',
  );

export type TargetTracking = z.infer<typeof TargetTrackingConfiguration>;

const StepScalingConfiguration = z.object({
  AdjustmentType: z.enum(['ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity']),
  StepAdjustments: z
    .array(
      z.object({
        MetricIntervalLowerBound: z.number().optional(),
        MetricIntervalUpperBound: z.number().optional(),
        ScalingAdjustment: z.int(),
      }),
    )
    .min(1),
  MinAdjustmentMagnitude: z.int().optional(),
  Cooldown: z.int().min(0).optional(),
  MetricAggregationType: z.enum(['Average', 'Minimum', 'Maximum']).default('Average'),
});

export type StepScaling = z.infer<typeof StepScalingConfiguration>;

const PolicyName = z.string().min(1).max(256);

export const PutScalingPolicy = z.object({
  ...triple,
  PolicyName,
  PolicyType: z.enum(['TargetTrackingScaling', 'StepScaling']).optional(),
  TargetTrackingScalingPolicyConfiguration: TargetTrackingConfiguration.optional(),
  StepScalingPolicyConfiguration: StepScalingConfiguration.optional(),
});

export const DeleteScalingPolicy = z.object({ ...triple, PolicyName });

export const DescribeScalingPolicies = z.object({
  ServiceNamespace: namespace,
  ResourceId: z.string().optional(),
  ScalableDimension: dimension.optional(),
  PolicyNames: z.array(z.string()).max(50).optional(),
  MaxResults: z.int().min(1).max(10).default(10),
  NextToken: token,
});

export const DescribeScalingActivities = z.object({
  ServiceNamespace: namespace,
  ResourceId: z.string().optional(),
  ScalableDimension: dimension.optional(),
  IncludeNotScaledActivities: z.boolean().default(false),
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: token,
});

export const PutScheduledAction = z.object({
  ...triple,
  ScheduledActionName: z.string().min(1).max(1600),
  Schedule: z.string().min(1),
  ScalableTargetAction: z.object({
    MinCapacity: z.int().min(0).optional(),
    MaxCapacity: z.int().min(0).optional(),
  }),
});

export const DescribeScheduledActions = z.object({
  ServiceNamespace: namespace,
  ScheduledActionNames: z.array(z.string()).max(50).optional(),
  ResourceId: z.string().optional(),
  ScalableDimension: dimension.optional(),
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: token,
});

export const DeleteScheduledAction = z.object({ ...triple, ScheduledActionName: z.string().min(1) });
