import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { type AwsOptions, createAws } from '../../../sandbox/aws/aws.ts';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import { CLUSTER, createFakeWorld, SERVICE } from './fake-world.ts';

/** A full minute. */
export const START = Date.UTC(2026, 10, 23, 12, 0, 0);
export const RESOURCE = `service/${CLUSTER}/${SERVICE}`;

/** What names the scalable target in every call. */
export const TARGET = {
  ServiceNamespace: 'ecs',
  ResourceId: RESOURCE,
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

export function cpuPolicy(target: number, cooldowns = { out: 60, in: 300 }) {
  return {
    TargetValue: target,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    ScaleOutCooldown: cooldowns.out,
    ScaleInCooldown: cooldowns.in,
  } as const;
}

/** Real SDK clients over a sandbox whose time the test moves by hand, minute by minute. */
export function createHarness(
  options: Partial<AwsOptions> & { initialCount?: number; maxAttempts?: number } = {},
) {
  let time = START;
  const now = () => time;
  const world = createFakeWorld(now, options.initialCount);
  const aws = createAws({ world, now, random: mulberry32(1), timeoutMilliseconds: 0, ...options });
  const config = {
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: options.maxAttempts ?? 1,
    requestHandler: wireRequestHandler(aws.handle, 'scale-out'),
  };
  return {
    aws,
    world,
    ecs: new ECSClient(config),
    scaling: new ApplicationAutoScalingClient(config),
    cloudWatch: new CloudWatchClient(config),
    sns: new SNSClient(config),
    ses: new SESv2Client(config),
    now,
    /** Lets time pass in steps of 10 seconds, with the evaluations that are due. */
    pass(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 10) {
        time += 10_000;
        aws.tick();
      }
    },
  };
}

export type Harness = ReturnType<typeof createHarness>;
