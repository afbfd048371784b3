import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoRecordStore } from '../../../shared/store/dynamodb.ts';
import { now } from '../../support/builders.ts';

const dynamo = mockClient(DynamoDBClient);
const asked = dynamoRecordStore(new DynamoDBClient({}), 'records', { now: () => new Date(now) });
beforeEach(() => {
  dynamo.reset();
});

describe('what the record store asks of DynamoDB', () => {
  it('is a read that sees every earlier write', async () => {
    dynamo.on(GetItemCommand).resolves({});
    expect(await asked.read('service/a')).toBeUndefined();
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'records',
      Key: { key: { S: 'service/a' } },
      ConsistentRead: true,
    });
  });

  it.each([
    ['version', { body: { S: '1' } }],
    ['body', { version: { N: '1' } }],
  ])('gives no record without a %s', async (_, Item) => {
    dynamo.on(GetItemCommand).resolves({ Item });
    await expect(asked.read('service/a')).rejects.toThrow('record service/a: has no version or no body');
  });

  it('may fail in other ways than by the condition: that is no lost race', async () => {
    dynamo.on(PutItemCommand).rejects(new Error('the table is gone'));
    await expect(asked.write('service/a', 1, { expected: 'absent' })).rejects.toThrow('the table is gone');
    expect(dynamo.commandCalls(GetItemCommand)).toEqual([]);
  });
});
