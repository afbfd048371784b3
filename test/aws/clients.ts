import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';

/** One client of each API that both AWSs answer, over HTTP. */
export interface Clients {
  ecs: ECSClient;
  scaling: ApplicationAutoScalingClient;
  cloudWatch: CloudWatchClient;
  states: SFNClient;
  sns: SNSClient;
  ses: SESv2Client;
  destroy(): void;
}

/**
 * Every answer is the first one, unless more `attempts` are given: a server closes a connection that was idle for some
 * seconds, sometimes under a call that is being sent.
 */
export function clientsOf(endpoint: string, attempts = 1): Clients {
  const config = {
    endpoint,
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: attempts,
  };
  const clients = {
    ecs: new ECSClient(config),
    scaling: new ApplicationAutoScalingClient(config),
    cloudWatch: new CloudWatchClient(config),
    states: new SFNClient(config),
    sns: new SNSClient(config),
    ses: new SESv2Client(config),
  };
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
