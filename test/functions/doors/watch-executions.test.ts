import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { watchExecutions } from '../../../functions/doors/watch-executions.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { arn, configWith, now, record, secondsLater } from '../../support/builders.ts';
import { listening, telling } from '../harness.ts';

const sns = new SNSClient({ region: 'ap-southeast-1' });
const topic = mockClient(sns);
const executions = mockClient(SFNClient);
beforeEach(() => {
  executions.reset();
  topic.reset();
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
});

const config = configWith(({ services }, service) =>
  Object.assign(services, { checkout: { ...service, service: 'checkout' } }),
);
const executionArn = arn('emergency-scaling', 'run-1');

/** A store in which `owned` is scaled out, and its lock held by this execution. */
async function scaledOut(owned: string, owner = executionArn): Promise<RecordStore> {
  const store = memoryRecordStore({ now: () => new Date(now) });
  const { cluster } = Object.values(config.services)[0] ?? { cluster: '' };
  await store.write(
    serviceKey(cluster, owned),
    record({ owner, incidentOpen: true, snapshotStored: true, lockedAt: now }),
    { expected: 'absent' },
  );
  return store;
}

/** What the watcher answers and logs. */
async function watched(
  event: Parameters<typeof watchExecutions.run>[0],
  { store = memoryRecordStore({ now: () => new Date(now) }), at = now, states = new SFNClient({}) } = {},
) {
  const { log, lines } = listening();
  const answer = await watchExecutions.run(event, {
    config,
    now: () => new Date(at),
    after: () => ({ passed: Promise.resolve(), cancel: () => undefined }),
    log,
    store,
    states,
    ...telling(sns),
  });
  return { answer, lines };
}
const ended = (input: unknown, status: 'ABORTED' | 'SUCCEEDED' = 'ABORTED') => ({
  'detail-type': 'Step Functions Execution Status Change' as const,
  detail: { executionArn, name: 'run-1', status, input: JSON.stringify(input) },
});

/** What people are told of a run with this input that a person stopped; `owned` holds its lock. */
async function told(input: unknown, owned?: string) {
  await watched(ended(input), owned ? { store: await scaledOut(owned) } : {});
  const { Subject: subject, Message: text } = topic.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
  return { subject, text };
}

it('names the service whose lock the stopped run holds', async () => {
  const { subject, text } = await told({ environment: 'production', service: 'buywhere-api' }, 'checkout');
  expect(subject).toContain('[production] checkout: ');
  expect(text).toContain('start scale-in with {"environment":"production","service":"checkout"}');
});

it('names the service of the input where the run held no lock', async () => {
  const { subject, text } = await told({ environment: 'production', service: 'checkout' });
  expect(subject).toContain('[production] checkout: ');
  expect(text).toContain('start emergency-scaling with {"environment":"production","service":"checkout"}');
});

it('names no service and gives no command where neither says which one it was', async () => {
  const { subject, text } = await told({ environment: 'production' });
  expect(subject).toBe('[production] a run ended ABORTED and did not say why');
  expect(text).toContain('Which service it was about is not known');
  expect(text).not.toMatch(/start |buywhere-api in|checkout/);
});

const input = { environment: 'production', service: 'checkout' };
const tick = { 'detail-type': 'Scheduled Event' as const };
const hours = config.notices.stillScaledOutHours;
const subject = '[production] checkout: a run ended ABORTED and did not say why';
const text = () => topic.commandCalls(PublishCommand)[0]?.args[0].input.Message;

it('says what was told, and logs it as an error', async () => {
  const { answer, lines } = await watched(ended(input));
  expect(answer).toMatchObject({ told: [{ kind: 'failed', subject, sent: ['sns', 'pagerduty', 'chat'] }] });
  expect(lines).toMatchObject([
    ['error', 'a run ended without saying so', { execution: executionArn, subject }],
  ]);
});

it('tells nobody of a run that ended well', async () => {
  expect(await watched(ended(input, 'SUCCEEDED'))).toEqual({ answer: { told: [] }, lines: [] });
  expect(topic.commandCalls(PublishCommand)).toEqual([]);
});

describe('of a run that did not hold the service when it ended', () => {
  const another = arn('emergency-scaling', 'run-2');
  it.each([
    ['RUNNING', `Another run handles checkout and goes on: ${another}`],
    ['SUCCEEDED', 'It did not hold checkout when it ended; no run writes to the service now.'],
    [undefined, 'It did not hold checkout when it ended; whether another run does is not known.'],
  ] as const)('it says whether another one does: %s', async (status, expected) => {
    executions.on(DescribeExecutionCommand).rejects(new Error('no'));
    if (status) executions.on(DescribeExecutionCommand).resolves({ status });
    await watched(ended(input), { store: await scaledOut('checkout', another) });
    expect(text()).toContain(expected);
    expect(executions.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toMatchObject({
      executionArn: another,
    });
  });
});

it('asks nobody about a run that held the service itself', async () => {
  await watched(ended(input), { store: await scaledOut('checkout') });
  expect(executions.calls()).toEqual([]);
  expect(text()).toContain('Capacity stays as it is; no run writes to the service now.');
});

describe('a service that stays scaled out', () => {
  const look = async (seconds: number, store?: RecordStore) =>
    watched(tick, { store: store ?? (await scaledOut('checkout')), at: secondsLater(seconds) });
  beforeEach(() => void executions.on(DescribeExecutionCommand).resolves({ status: 'FAILED' }));

  it('is mentioned after hours without a run, by a notice of that kind', async () => {
    const { answer, lines } = await look(hours * 3600);
    const reminder = {
      kind: 'still-scaled-out',
      subject: `[production] checkout: still scaled out for ${hours} h, and no run handles it`,
    };
    expect(answer).toMatchObject({ told: [reminder], late: [] });
    expect(lines).toMatchObject([['info', 'looked after services without a run', { told: [reminder] }]]);
  });

  it('is not mentioned before', async () => {
    expect((await look(hours * 3600 - 1)).answer).toEqual({ told: [], late: [] });
    expect(executions.calls()).toEqual([]);
  });

  it('is not mentioned while a run handles it', async () => {
    executions.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
    expect((await look(hours * 3600)).answer).toEqual({ told: [], late: [] });
  });
});

it('looks after the other services where the kept notices of one cannot be read', async () => {
  const store = await scaledOut('checkout');
  const { answer, lines } = await watched(tick, {
    store: {
      ...store,
      read: (key) =>
        key.endsWith('/buywhere-api') && key.startsWith('outbox/')
          ? Promise.reject(new Error('torn'))
          : store.read(key),
    },
  });
  expect(answer).toEqual({ told: [], late: [] });
  expect(lines[0]).toEqual([
    'error',
    'kept notices could not be read',
    { service: 'buywhere-api', error: 'Error: torn' },
  ]);
});
