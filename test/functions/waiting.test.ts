import { SESv2Client } from '@aws-sdk/client-sesv2';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { watchExecutions } from '../../functions/doors/watch-executions.ts';
import { remindApprovers } from '../../functions/remind-approvers.ts';
import { readApproval, storeApproval } from '../../shared/approval/store.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import { approvalRequest } from '../support/approvals.ts';
import { arn, configWith, now, production, record, secondsLater, service } from '../support/builders.ts';
import { late } from '../support/late-store.ts';
import { quietLog, telling } from './harness.ts';

// Lambda freezes a function that has answered: whatever it has not waited for may never be done.

const sns = new SNSClient({ region: 'ap-southeast-1' });
const topic = mockClient(sns);
const states = new SFNClient({ region: 'ap-southeast-1' });
const executions = mockClient(SFNClient);
beforeEach(() => {
  topic.reset();
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
  executions.reset();
  executions.on(DescribeExecutionCommand).resolves({ status: 'FAILED' });
});

const topicOnly = configWith(({ notices }) => {
  notices.pagerDuty.enabled = false;
  notices.chat.enabled = false;
});
const context = (store: RecordStore, at: string, config = topicOnly) => ({
  config,
  now: () => new Date(at),
  after: () => ({ passed: new Promise<void>(() => undefined), cancel: () => undefined }),
  log: quietLog,
  store: late(store),
  states,
  ...telling(sns),
});
const tick = { 'detail-type': 'Scheduled Event' as const };
const ended = {
  'detail-type': 'Step Functions Execution Status Change' as const,
  detail: {
    executionArn: arn('emergency-scaling', 'run-1'),
    name: 'run-1',
    status: 'ABORTED' as const,
    input: JSON.stringify({ environment: 'production', service: 'buywhere-api' }),
  },
};
const store = () => memoryRecordStore({ now: () => new Date(now) });

it('the watcher has sent what a channel did not take before, when it answers', async () => {
  const kept = store();
  topic.on(PublishCommand).rejectsOnce(new Error('not now'));
  await watchExecutions.run(ended, context(kept, now));
  const before = topic.commandCalls(PublishCommand).length;
  const answer = await watchExecutions.run(tick, context(kept, secondsLater(600)));
  expect(topic.commandCalls(PublishCommand).length).toBe(before + 1);
  expect(answer).toMatchObject({ late: [expect.anything()] });
});

/** A service that is scaled out, and a minute after people are told of it a look of the watcher at it. */
async function idle() {
  const shared = store();
  await shared.write(
    serviceKey(service.cluster, service.service),
    record({ incidentOpen: true, snapshotStored: true, lockedAt: now }),
    { expected: 'absent' },
  );
  const later = secondsLater(production.notices.stillScaledOutHours * 3600 + 60);
  return () => watchExecutions.run(tick, context(shared, later));
}

it('two looks remind of an idle service once', async () => {
  const look = await idle();
  await look();
  await look();
  expect(topic.commandCalls(PublishCommand)).toHaveLength(1);
});

it('eight looks at the same moment remind of an idle service once', async () => {
  const look = await idle();
  await Promise.all(Array.from({ length: 8 }, look));
  expect(topic.commandCalls(PublishCommand)).toHaveLength(1);
});

it('a request that is about to expire is marked as escalated, when the function answers', async () => {
  const shared = store();
  const request = approvalRequest();
  await storeApproval(request, 'token', shared);
  const at = secondsLater(3600 - 60);
  executions.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
  await remindApprovers.run(
    { approvalId: request.id, startedAt: now },
    {
      ...context(shared, at),
      mail: { ses: new SESv2Client({ region: 'ap-southeast-1' }) },
      links: { approvalBaseUrl: 'https://approvals.example' },
      random: { bytes: (count: number) => new Uint8Array(count) },
    },
  );
  expect((await readApproval(request.id, shared))?.request.escalated).toBe(true);
  expect(topic.commandCalls(PublishCommand)).toHaveLength(1);
});
