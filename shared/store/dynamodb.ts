import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { encodeBody, expirySeconds, type RecordStore } from './record-store.ts';

/**
 * The record store on AWS: one item per record, the body as one JSON string. DynamoDB deletes expired items only within
 * days, so every condition looks at the expiry itself.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export function dynamoRecordStore(
  client: DynamoDBClient,
  tableName: string,
  options: { now: () => Date },
): RecordStore {
  const nowSeconds = () => options.now().getTime() / 1000;

  const stored = async (key: string) => {
    const answer = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { key: { S: key } }, ConsistentRead: true }),
    );
    const item = answer.Item && readItem(key, answer.Item);
    return item && item.expiresAt > nowSeconds() ? item : undefined;
  };

  return {
    async read(key) {
      const item = await stored(key);
      return item && { version: item.version, body: JSON.parse(item.text) };
    },

    async write(key, body, { expected, expiresAt }) {
      const text = encodeBody(key, body);
      const version = expected === 'absent' ? 1 : expected + 1;
      const item: Record<string, AttributeValue> = {
        key: { S: key },
        version: { N: String(version) },
        body: { S: text },
        ...(expiresAt && { expiresAt: { N: String(expirySeconds(expiresAt)) } }),
      };
      try {
        await client.send(
          new PutItemCommand({ TableName: tableName, Item: item, ...condition(expected, nowSeconds()) }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The condition also fails when an earlier attempt of this same write took effect and only its answer was lost.
        const present = await stored(key);
        return present?.version === version && present.text === text;
      }
    },
  };
}

function condition(expected: number | 'absent', now: number) {
  const names = { '#expiresAt': 'expiresAt' };
  const values = { ':now': { N: String(now) } };
  if (expected === 'absent') {
    return {
      ConditionExpression: 'attribute_not_exists(#key) OR #expiresAt <= :now',
      ExpressionAttributeNames: { ...names, '#key': 'key' },
      ExpressionAttributeValues: values,
    };
  }
  return {
    ConditionExpression: '#version = :expected AND (attribute_not_exists(#expiresAt) OR #expiresAt > :now)',
    ExpressionAttributeNames: { ...names, '#version': 'version' },
    ExpressionAttributeValues: { ...values, ':expected': { N: String(expected) } },
  };
}

function readItem(key: string, item: Record<string, AttributeValue>) {
  const version = Number(item.version?.N);
  const text = item.body?.S;
  if (!Number.isInteger(version) || text === undefined)
    throw new Error(`record ${key}: has no version or no body`);
  return {
    version,
    text,
    expiresAt: item.expiresAt?.N ? Number(item.expiresAt.N) : Number.POSITIVE_INFINITY,
  };
}
