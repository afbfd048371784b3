import {
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { scalable } from '../../../shared/aws/autoscaling.ts';
import type { Config } from '../../../shared/config/schema.ts';
import type { ServiceConfig } from '../../../shared/config/service.ts';
import type { Clients } from '../clients.ts';
import { createService } from '../service.ts';
import { definitionsForMoto } from './definitions.ts';

export const tableName = 'records';
export const switchParameter = '/emergency-scaling/production/switch';

/** The scalable target of a service, and its CPU policy, as its configuration has them on a quiet day. */
export async function createAutoscaling(
  { scaling }: Pick<Clients, 'scaling'>,
  service: ServiceConfig,
): Promise<void> {
  const { baseline } = service.capacity;
  const { name, baseline: policy } = service.cpuPolicy;
  const target = scalable(service);
  await scaling.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: baseline.min, MaxCapacity: baseline.max }),
  );
  await scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: name,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: policy.target,
        ScaleOutCooldown: policy.scaleOutCooldownSeconds,
        ScaleInCooldown: policy.scaleInCooldownSeconds,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    }),
  );
}

async function createParameters(endpoint: string, config: Config, acceptUrl: string): Promise<void> {
  const ssm = new SSMClient({ endpoint });
  const put = (Name: string, Value: string, Type: 'String' | 'SecureString') =>
    ssm.send(new PutParameterCommand({ Name, Value, Type }));
  await put(switchParameter, 'on', 'String');
  await put(config.notices.chat.urlSecret, acceptUrl, 'SecureString');
  await put(config.notices.pagerDuty.routingKeySecret, 'a routing key', 'SecureString');
  ssm.destroy();
}

async function createRecords(endpoint: string): Promise<void> {
  const dynamo = new DynamoDBClient({ endpoint });
  await dynamo.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    }),
  );
  dynamo.destroy();
}

/** Creates what a deployment creates and what it presupposes; answers the topic's ARN. */
export async function createAccount(
  clients: Clients,
  endpoint: string,
  config: Config,
  service: ServiceConfig,
): Promise<string> {
  await createService(clients.ecs);
  await createAutoscaling(clients, service);
  await createParameters(endpoint, config, `${endpoint}/accept`);
  await createRecords(endpoint);
  await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: config.approval.sender }));
  for (const [name, definition] of definitionsForMoto()) {
    const roleArn = 'arn:aws:iam::123456789012:role/states';
    await clients.states.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  }
  const { TopicArn = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'notices' }));
  return TopicArn;
}
