import {
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { ServiceConfig } from '../../shared/config/service.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import type { Aws } from '../aws/aws.ts';
import { AwsError } from '../aws/errors.ts';
import type { ShownService } from '../aws/shown.ts';
import { clients } from '../clients.ts';
import { baselineCpuPolicy, type CpuMetricType, scalableTarget } from '../seed.ts';
import type { GivenPolicy } from './aws-members.ts';
import type { DeniedCall } from './denied.ts';

/** What is true of a service at AWS beside what happens to it in the world. Seconds count from the sandbox's start. */
export interface Besides {
  shown: ShownService;
  cpuMetricType?: CpuMetricType;
  policies?: readonly GivenPolicy[];
  scheduledActions?: readonly { name: string; atSeconds: number; min?: number; max?: number }[];
  /** Rights that roles lack. */
  deniedCalls?: readonly DeniedCall[];
  /** PgBouncer runs beside each task, whatever the configuration says, and PostgreSQL has so many connections. */
  sidecars?: { maxConnections: number };
  /** When somebody applies the infrastructure's code, which holds the baseline. */
  terraformAtSeconds?: readonly number[];
}

/** Puts policies and scheduled actions. @throws InvalidInputError for one that AWS refuses */
export function seedBesides(aws: Aws, service: ServiceConfig, start: number, besides: Besides): void {
  const target = scalableTarget(service);
  const put = (what: string, operation: string, input: object) => {
    try {
      return aws.seedScaling(operation, { ...target, ...input });
    } catch (error) {
      if (error instanceof AwsError) throw new InvalidInputError(`${what}: ${error.message}`);
      throw error;
    }
  };
  for (const { policy, cpuAbovePercent } of besides.policies ?? []) {
    const made = put(`policies, ${policy.PolicyName}`, 'PutScalingPolicy', { ...policy, ...target });
    if (cpuAbovePercent !== undefined) seedStepAlarm(aws, service, policy.PolicyName, made, cpuAbovePercent);
  }
  for (const { name, atSeconds, min, max } of besides.scheduledActions ?? []) {
    put('scheduledAction', 'PutScheduledAction', {
      ScheduledActionName: name,
      Schedule: `at(${new Date(start + atSeconds * 1000).toISOString().slice(0, 19)})`,
      ScalableTargetAction: { MinCapacity: min, MaxCapacity: max },
    });
  }
}

/** The alarm of a step policy, as whoever made the policy would have made it. */
function seedStepAlarm(
  aws: Aws,
  service: ServiceConfig,
  policyName: string,
  made: unknown,
  threshold: number,
): void {
  const policyArn = typeof made === 'object' && made !== null ? Reflect.get(made, 'PolicyARN') : undefined;
  aws.alarms.putAlarm({
    AlarmName: `${policyName}-cpu`,
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: threshold,
    Dimensions: [
      { Name: 'ClusterName', Value: service.cluster },
      { Name: 'ServiceName', Value: service.service },
    ],
    AlarmActions: [String(policyArn)],
  });
}

/**
 * Sets a timer for each `terraform apply`: count, bounds and CPU policy go back to the baseline, as a person's change. Returns
 * what stops the timers.
 */
export function applyOnTime(aws: Aws, service: ServiceConfig, region: string, besides: Besides): () => void {
  const timers = (besides.terraformAtSeconds ?? []).map((seconds) =>
    setTimeout(() => void apply(aws, service, region, besides), seconds * 1000),
  );
  return () => timers.forEach(clearTimeout);
}

async function apply(aws: Aws, service: ServiceConfig, region: string, besides: Besides): Promise<void> {
  const options = { caller: 'terraform', region, handle: aws.handle };
  const { desired, min, max } = service.capacity.baseline;
  const scaling = clients.autoscaling(options);
  await scaling.send(
    new RegisterScalableTargetCommand({ ...scalableTarget(service), MinCapacity: min, MaxCapacity: max }),
  );
  await scaling.send(
    new PutScalingPolicyCommand({
      ...scalableTarget(service),
      ...baselineCpuPolicy(service, besides.cpuMetricType),
    }),
  );
  await clients
    .ecs(options)
    .send(
      new UpdateServiceCommand({ cluster: service.cluster, service: service.service, desiredCount: desired }),
    );
}
