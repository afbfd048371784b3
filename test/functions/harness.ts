import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { random } from '../../shared/aws/platform.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Bounds, CpuPolicy } from '../../shared/document/settings.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import type { Log } from '../../shared/lambda/context.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import {
  bounds,
  now,
  policy,
  production,
  raisedBounds,
  raisedPolicy,
  record,
  secondsLater,
  service,
} from '../support/builders.ts';

export const ecs = mockClient(ECSClient);
export const autoscaling = mockClient(ApplicationAutoScalingClient);

/** What AWS would answer about the service now. */
export interface Standing {
  desired?: number;
  taskDefinition?: string;
  bounds?: Bounds | undefined;
  policy?: CpuPolicy;
  otherPolicies?: string[];
  /** Further policies on average CPU. */
  cpuPolicies?: string[];
  /** Counts that Application Auto Scaling asked for just now. */
  scaledTo?: number[];
}

/** A service that is scaled out. */
export const raised: Standing = { desired: 9, bounds: raisedBounds, policy: raisedPolicy };

/** Lets the mocked AWS answer so; forgets every call before. */
export function standing(now: Standing = {}): void {
  ecs.reset();
  autoscaling.reset();
  const target = 'bounds' in now ? now.bounds : bounds();
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        status: 'ACTIVE',
        desiredCount: now.desired ?? 3,
        runningCount: now.desired ?? 3,
        taskDefinition: now.taskDefinition ?? 'buywhere-api:42',
      },
    ],
  });
  ecs.on(UpdateServiceCommand).resolves({});
  autoscaling
    .on(DescribeScalableTargetsCommand)
    .resolves({ ScalableTargets: target ? [targetOf(target)] : [] });
  autoscaling.on(DescribeScalingPoliciesCommand).resolves({
    ScalingPolicies: [
      policyOf(now.policy ?? policy()),
      ...(now.otherPolicies ?? []).map(otherPolicy),
      ...(now.cpuPolicies ?? []).map((name) => policyOf(policy({ name }))),
    ],
  });
  autoscaling
    .on(DescribeScalingActivitiesCommand)
    .resolves({ ScalingActivities: (now.scaledTo ?? []).map(activity) });
  autoscaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [] });
  autoscaling.on(RegisterScalableTargetCommand).resolves({});
  autoscaling.on(PutScalingPolicyCommand).resolves({});
  autoscaling.on(DeleteScalingPolicyCommand).resolves({});
}

/** What names the service in every call to Application Auto Scaling. */
export const named = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/buywhere-production/buywhere-api',
} as const;
export const suspendedState = ({ suspended }: Bounds) => ({
  DynamicScalingInSuspended: suspended.dynamicScalingIn,
  DynamicScalingOutSuspended: suspended.dynamicScalingOut,
  ScheduledScalingSuspended: suspended.scheduledScaling,
});

const targetOf = (target: Bounds) => ({
  ...named,
  RoleARN: 'arn:aws:iam::123456789012:role/autoscaling',
  CreationTime: new Date(0),
  MinCapacity: target.min,
  MaxCapacity: target.max,
  SuspendedState: suspendedState(target),
});

export const configurationOf = (cpu: CpuPolicy) => ({
  TargetValue: cpu.target,
  ScaleOutCooldown: cpu.scaleOutCooldownSeconds,
  ScaleInCooldown: cpu.scaleInCooldownSeconds,
  DisableScaleIn: cpu.disableScaleIn,
  PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' as const },
});

const policyBase = (PolicyName: string) => ({
  ...named,
  PolicyARN: `arn:${PolicyName}`,
  PolicyName,
  CreationTime: new Date(0),
});
const policyOf = (cpu: CpuPolicy) => ({
  ...policyBase(cpu.name),
  PolicyType: 'TargetTrackingScaling' as const,
  TargetTrackingScalingPolicyConfiguration: configurationOf(cpu),
});
const otherPolicy = (name: string) => ({ ...policyBase(name), PolicyType: 'StepScaling' as const });

const activity = (count: number) => ({
  ...named,
  ActivityId: `${count}`,
  Description: `Setting desired count to ${count}.`,
  Cause: 'monitor alarm',
  StartTime: new Date(now),
  StatusCode: 'Successful' as const,
});

/** CloudWatch's answer on a quiet day: two points of each metric. */
export function quietMetrics() {
  const values: Record<string, number> = {
    cpu: 40,
    memory: 50,
    p95: 0.3,
    p99: 0.5,
    average: 0.1,
    errors: 0.1,
    requests: 600,
    dbPool: 40,
    pool: 40,
    poolWait: 5,
  };
  const Timestamps = [new Date(secondsLater(-120)), new Date(secondsLater(-60))];
  return {
    MetricDataResults: Object.entries(values).map(([Id, value]) => ({
      Id,
      Timestamps,
      Values: [value, value],
    })),
  };
}

/** Every write that was sent, by its name and input, in order of the clients. */
export const writes = () =>
  [...ecs.calls(), ...autoscaling.calls()]
    .map(({ args }) => [args[0].constructor.name.replace('Command', ''), args[0].input] as const)
    .filter(([name]) => !name.startsWith('Describe') && !name.startsWith('List'));

/** A store in which the run of `incident()` holds the lock, unless another number is given. */
export async function lockedStore(lockNumber = 1): Promise<RecordStore> {
  const store = memoryRecordStore({ now: () => new Date(now) });
  await store.write(serviceKey(service.cluster, service.service), record({ lockNumber }), {
    expected: 'absent',
  });
  return store;
}

const silent = () => undefined;
export const quietLog: Log = { info: silent, warn: silent, error: silent };

/** A log that keeps its lines: how loud, what is said, and the fields. */
export function listening() {
  const lines: unknown[] = [];
  const keeping =
    (level: keyof Log) =>
    (...said: Parameters<Log['info']>): void =>
      void lines.push([level, ...said]);
  return { lines, log: { info: keeping('info'), warn: keeping('warn'), error: keeping('error') } };
}

/** Everything that a function which writes settings may ask for. */
export const context = (
  store: RecordStore,
  part: { config?: Config; isOn?: () => Promise<boolean>; log?: Log } = {},
) => ({
  config: part.config ?? production,
  log: part.log ?? quietLog,
  now: () => new Date(now),
  after: () => ({ passed: new Promise<void>(silent), cancel: silent }),
  store,
  ecs: new ECSClient({}),
  autoscaling: new ApplicationAutoScalingClient({}),
  switch: { isOn: part.isOn ?? (async () => true) },
});

/** What a function that tells people may ask for: a topic, and channels that take everything. */
export const telling = (sns: SNSClient) => ({
  notices: { sns, topicArn: 'arn:aws:sns:ap-southeast-1:123456789012:notices' },
  secrets: { read: async () => 'secret' },
  random: random(),
  http: {
    get: () => Promise.reject(new Error('nothing is read')),
    post: async () => ({ status: 202, latencyMilliseconds: 1, body: '' }),
  },
});
