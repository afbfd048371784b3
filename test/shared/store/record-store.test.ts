import { once } from 'node:events';
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import dynalite from 'dynalite';
import { LimitReachedError } from '../../../shared/core/errors.ts';
import { dynamoRecordStore } from '../../../shared/store/dynamodb.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { encodeBody, type RecordStore } from '../../../shared/store/record-store.ts';

const start = Date.parse('2026-10-02T17:00:00Z');
let now = new Date(start);
const clock = { now: () => now };
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

const table = 'records';
const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('dynalite listens on no port');
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05 }, { TableName: table });
});

afterAll(async () => {
  client.destroy();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
});

const implementations: [string, () => RecordStore][] = [
  ['memory', () => memoryRecordStore(clock)],
  ['DynamoDB', () => dynamoRecordStore(client, table, clock)],
];

describe.each(implementations)('the record store in %s', (_name, create) => {
  let store: RecordStore;
  let key: string;
  let number = 0;

  beforeEach(() => {
    now = new Date(start);
    number += 1;
    key = `lock#service-${number}`;
    store = create();
  });

  it('knows nothing of a key that was never written', async () => {
    expect(await store.read(key)).toBeUndefined();
  });

  it('gives back what was written, as version 1, through JSON', async () => {
    const body = {
      desired: 3,
      policies: [{ target: 70.5 }],
      note: 'größer ≥ 2',
      none: null,
      gone: undefined,
    };
    expect(await store.write(key, body, { expected: 'absent' })).toBe(true);
    const { gone, ...kept } = body;
    expect(gone).toBeUndefined();
    expect(await store.read(key)).toEqual({ version: 1, body: kept });
  });

  it('hands out copies: changing one changes nothing that is stored', async () => {
    const body = { holder: 'run-1' };
    await store.write(key, body, { expected: 'absent' });
    body.holder = 'changed';
    const read = await store.read(key);
    Object.assign(read?.body ?? {}, { holder: 'changed too' });
    expect((await store.read(key))?.body).toEqual({ holder: 'run-1' });
  });

  it('counts versions up by one', async () => {
    await store.write(key, { step: 1 }, { expected: 'absent' });
    expect(await store.write(key, { step: 2 }, { expected: 1 })).toBe(true);
    expect(await store.write(key, { step: 3 }, { expected: 2 })).toBe(true);
    expect(await store.read(key)).toEqual({ version: 3, body: { step: 3 } });
  });

  it.each([
    ['absent, but a record exists', 'absent' as const],
    ['an older version', 1],
    ['a version that was never written', 3],
  ])('refuses a write that expects %s', async (_case, expected) => {
    await store.write(key, { holder: 'run-1' }, { expected: 'absent' });
    await store.write(key, { holder: 'run-2' }, { expected: 1 });
    expect(await store.write(key, { holder: 'run-3' }, { expected })).toBe(false);
    expect(await store.read(key)).toEqual({ version: 2, body: { holder: 'run-2' } });
  });

  it('refuses a write that expects a version where nothing is stored', async () => {
    expect(await store.write(key, {}, { expected: 1 })).toBe(false);
    expect(await store.read(key)).toBeUndefined();
  });

  it('lets exactly one of many simultaneous writers win', async () => {
    const writers = Array.from({ length: 8 }, (_, index) => `run-${index}`);
    const won = await Promise.all(
      writers.map((holder) => store.write(key, { holder }, { expected: 'absent' })),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.read(key))?.body).toEqual({ holder: writers[won.indexOf(true)] });
  });

  it('reports true when a write whose answer was lost is repeated', async () => {
    const first = { holder: 'run-1' };
    await store.write(key, first, { expected: 'absent' });
    expect(await store.write(key, first, { expected: 'absent' })).toBe(true);
    await store.write(key, { holder: 'run-2' }, { expected: 1 });
    expect(await store.write(key, { holder: 'run-2' }, { expected: 1 })).toBe(true);
    expect(await store.read(key)).toEqual({ version: 2, body: { holder: 'run-2' } });
  });

  it('reports false when a lost write is repeated after somebody else wrote', async () => {
    await store.write(key, { holder: 'run-1' }, { expected: 'absent' });
    await store.write(key, { holder: 'run-2' }, { expected: 1 });
    expect(await store.write(key, { holder: 'run-1' }, { expected: 'absent' })).toBe(false);
  });

  it('treats an expired record as absent, from the very second', async () => {
    await store.write(key, { holder: 'run-1' }, { expected: 'absent', expiresAt: later(60) });
    now = new Date(start + 59_999);
    expect(await store.read(key)).toEqual({ version: 1, body: { holder: 'run-1' } });
    expect(await store.write(key, { holder: 'run-2' }, { expected: 'absent' })).toBe(false);
    now = new Date(start + 60_000);
    expect(await store.read(key)).toBeUndefined();
    expect(await store.write(key, { holder: 'run-1' }, { expected: 1 })).toBe(false);
    expect(await store.write(key, { holder: 'run-2' }, { expected: 'absent' })).toBe(true);
    expect(await store.read(key)).toEqual({ version: 1, body: { holder: 'run-2' } });
  });

  it('rounds an expiry up to the second, and drops it with a write that names none', async () => {
    await store.write(key, 1, { expected: 'absent', expiresAt: later(0.2) });
    now = new Date(start + 900);
    expect(await store.read(key)).toEqual({ version: 1, body: 1 });
    await store.write(key, 2, { expected: 1 });
    now = later(86_400);
    expect(await store.read(key)).toEqual({ version: 2, body: 2 });
  });

  it('stores nothing as null, and a record of exactly the item limit', async () => {
    await store.write(key, undefined, { expected: 'absent' });
    expect(await store.read(key)).toEqual({ version: 1, body: null });
    const largest = 'x'.repeat(400 * 1024 - 2 - key.length - 100);
    expect(encodeBody(key, largest)).toBe(`"${largest}"`);
    expect(() => encodeBody(key, `${largest}x`)).toThrow(LimitReachedError);
  });

  it('refuses a record above the item limit with its key and its size, and stores one just below', async () => {
    const tooLarge = store.write(key, 'x'.repeat(400 * 1024), { expected: 'absent' });
    await expect(tooLarge).rejects.toThrow(LimitReachedError);
    const size = 400 * 1024 + 2 + key.length + 100;
    const message = `record ${key}: ${size} bytes exceed DynamoDB's item limit of 409600 bytes`;
    await expect(tooLarge).rejects.toThrow(message);
    expect(await store.read(key)).toBeUndefined();
    expect(await store.write(key, 'x'.repeat(400 * 1024 - 200), { expected: 'absent' })).toBe(true);
  });
});

it('names the record when an item of the table is not one of ours', async () => {
  await client.send(new PutItemCommand({ TableName: table, Item: { key: { S: 'stranger' } } }));
  await expect(dynamoRecordStore(client, table, clock).read('stranger')).rejects.toThrow(
    'record stranger: has no version or no body',
  );
});
