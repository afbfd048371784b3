import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { watchExecutions } from '../../functions/doors/watch-executions.ts';
import { random } from '../../shared/aws/platform.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { arn, configWith, now, record } from '../support/builders.ts';
import { quietLog } from './harness.ts';

const sns = new SNSClient({ region: 'ap-southeast-1' });
const topic = mockClient(sns);
beforeEach(() => {
  topic.reset();
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
});

const config = configWith(({ services }, service) =>
  Object.assign(services, { checkout: { ...service, service: 'checkout' } }),
);
const executionArn = arn('emergency-scaling', 'run-1');

/** What people are told of a run with this input that a person stopped; `owned` holds its lock. */
async function told(input: unknown, owned?: string) {
  const store = memoryRecordStore({ now: () => new Date(now) });
  const { cluster } = Object.values(config.services)[0] ?? { cluster: '' };
  if (owned)
    await store.write(
      serviceKey(cluster, owned),
      record({ owner: executionArn, incidentOpen: true, snapshotStored: true }),
      { expected: 'absent' },
    );
  await watchExecutions.run(
    {
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn, name: 'run-1', status: 'ABORTED', input: JSON.stringify(input) },
    },
    {
      config,
      now: () => new Date(now),
      after: () => ({ passed: Promise.resolve(), cancel: () => undefined }),
      log: quietLog,
      store,
      states: new SFNClient({ region: 'ap-southeast-1' }),
      notices: { sns, topicArn: 'arn:aws:sns:ap-southeast-1:123456789012:notices' },
      secrets: { read: async () => 'secret' },
      random: random(),
      http: {
        get: () => Promise.reject(new Error('nothing is read')),
        post: async () => ({ status: 202, latencyMilliseconds: 1, body: '' }),
      },
    },
  );
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
