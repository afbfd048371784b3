import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { mockClient } from 'aws-sdk-client-mock';
import { autoscaling, cloudwatch, ecs, mail, notices, states, store } from '../../../shared/aws/clients.ts';

const dynamo = mockClient(DynamoDBClient);
const environment = { TOPIC_ARN: 'arn:topic', TABLE_NAME: 'records' };
beforeEach(() => {
  dynamo.reset();
  Object.assign(process.env, environment);
});
afterEach(() => {
  for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
});

describe('a client for AWS', () => {
  it.each([
    ['ECS', () => ecs()],
    ['Application Auto Scaling', () => autoscaling()],
    ['CloudWatch', () => cloudwatch()],
    ['Step Functions', () => states()],
    ['SNS', () => notices().sns],
    ['SES', () => mail().ses],
  ])('of %s repeats calls in the one way of this product', async (_, client) => {
    expect(await client().config.retryStrategy()).toBeInstanceOf(ConfiguredRetryStrategy);
  });

  it('finds in the environment where it sends and stores', async () => {
    expect(notices().topicArn).toBe('arn:topic');

    dynamo.on(GetItemCommand).resolves({});
    await store().read('service/a');
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.TableName).toBe('records');
  });

  it('of DynamoDB goes by the present time: an expired record is none', async () => {
    const record = (expiresAt: number) => ({
      Item: { version: { N: '1' }, body: { S: '"x"' }, expiresAt: { N: String(expiresAt) } },
    });
    const seconds = Date.now() / 1000;
    dynamo
      .on(GetItemCommand)
      .resolvesOnce(record(seconds + 60))
      .resolvesOnce(record(seconds - 60));
    const { read } = store();

    expect([await read('a'), await read('a')]).toEqual([{ version: 1, body: 'x' }, undefined]);
  });
});
