import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { wireRequestHandler } from '../../sandbox/aws/sdk.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Where a strategy plays: a sandbox in its warm baseline state, and real clients that talk to it. */
export interface Arena {
  sandbox: Sandbox;
  ecs: ECSClient;
  cloudwatch: CloudWatchClient;
  autoscaling: ApplicationAutoScalingClient;
  /** Tasks that the traffic of each second asks for; empty unless the strategy may look. */
  demanded: readonly number[];
  /** From UpdateService until a new task serves, at most. */
  leadSeconds: number;
}

/** One way to follow the traffic. `prepare` runs before the clock starts and its calls are not counted. */
export interface Strategy {
  name: string;
  title: string;
  /** Whether alarms start the project's state machines. */
  startsRuns: boolean;
  /** Whether it may look at `demanded`. */
  knowsTraffic?: boolean;
  prepare(arena: Arena): Promise<void>;
}

/** Clients of the AWS SDK over the sandbox, in virtual time. */
export function clientsOf(
  sandbox: Sandbox,
  caller: string,
): Pick<Arena, 'ecs' | 'cloudwatch' | 'autoscaling'> {
  const options = {
    region: sandbox.config.region,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    requestHandler: wireRequestHandler(sandbox.aws.handle, caller),
  };
  return {
    ecs: new ECSClient(options),
    cloudwatch: new CloudWatchClient(options),
    autoscaling: new ApplicationAutoScalingClient(options),
  };
}

/** Waits in virtual time. */
export const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, seconds * 1000));
