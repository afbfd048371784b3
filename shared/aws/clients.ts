import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Elsewhere } from '../config/elsewhere.ts';
import type { Resources } from '../lambda/context.ts';
import { dynamoRecordStore } from '../store/dynamodb.ts';
import { credentialsElsewhere } from './credentials-elsewhere.ts';
import { environmentVariable } from './environment.ts';
import { retryStrategy } from './retry.ts';

/**
 * How each resource is made on AWS. A function imports the providers that it needs by name, so that its bundle
 * carries no other client. Region and endpoint come from the environment (AWS_REGION, AWS_ENDPOINT_URL); where a service is
 * in another account, its Region and the credentials of a role there.
 */

const options = (attempts?: number) => ({ retryStrategy: retryStrategy(Math.random, attempts) });

const optionsOf = (attempts?: number, elsewhere?: Elsewhere) => ({
  ...options(attempts),
  ...(elsewhere && {
    region: elsewhere.region,
    credentials: credentialsElsewhere(elsewhere, options(attempts)),
  }),
});

export const ecs = (...where: [attempts?: number, elsewhere?: Elsewhere]) =>
  new ECSClient(optionsOf(...where));
export const autoscaling = (...where: Parameters<typeof ecs>) =>
  new ApplicationAutoScalingClient(optionsOf(...where));
export const cloudwatch = (...where: Parameters<typeof ecs>) => new CloudWatchClient(optionsOf(...where));
export const states = () => new SFNClient(options());
export const functions = () => new LambdaClient(options());
export const notices = (): Resources['notices'] => ({
  sns: new SNSClient(options()),
  topicArn: environmentVariable('TOPIC_ARN'),
});
export const mail = (): Resources['mail'] => ({ ses: new SESv2Client(options()) });
export const store = () =>
  dynamoRecordStore(new DynamoDBClient(options()), environmentVariable('TABLE_NAME'), {
    now: () => new Date(Date.now()),
  });
