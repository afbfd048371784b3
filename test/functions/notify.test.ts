import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { notify } from '../../functions/notify.ts';
import type { PreflightReport } from '../../shared/document/preflight.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { arn, configWith, incident, now, plan, request } from '../support/builders.ts';
import { listening, telling } from './harness.ts';

const sns = new SNSClient({ region: 'ap-southeast-1' });
const topic = mockClient(sns);
beforeEach(() => {
  topic.reset();
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
});

const posted: unknown[] = [];
const config = configWith(({ notices }) => {
  notices.chat.enabled = false;
});
/** What comes of it: what it answers, says to the log and keeps for later, and the events for PagerDuty. */
async function told(input: Parameters<typeof notify.run>[0]) {
  const { log, lines } = listening();
  const store = memoryRecordStore({ now: () => new Date(now) });
  posted.length = 0;
  const channels = telling(sns);
  const answer = await notify.run(input, {
    config,
    now: () => new Date(now),
    after: () => ({ passed: new Promise<void>(() => undefined), cancel: () => undefined }),
    log,
    store,
    ...channels,
    http: {
      ...channels.http,
      post: async (_url, body) => {
        posted.push(body);
        return channels.http.post();
      },
    },
  });
  const kept = await store.read('outbox/buywhere-production/buywhere-api');
  return { answer, lines, kept: Object(kept?.body).notices };
}
const published = () => topic.commandCalls(PublishCommand).map(({ args }) => args[0].input);

const ofRun = {
  kind: 'held' as const,
  document: { request: request(), incident: incident(), plan: plan() },
};

it('tells of a run: its service, its incident and why', async () => {
  const { answer, lines, kept } = await told(ofRun);
  expect(answer).toMatchObject({ kind: 'held', sent: ['sns', 'pagerduty'], failed: [] });
  expect(lines).toEqual([['info', 'notice sent', answer]]);
  expect(published()).toMatchObject([{ Subject: expect.stringContaining('buywhere-api') }]);
  expect(JSON.stringify(posted)).toContain('incident-1');
  for (const { text } of plan().reasons) expect(JSON.stringify(posted)).toContain(text);
  expect(kept).toBeUndefined();
});

it('keeps what a channel did not take, and says so', async () => {
  topic.on(PublishCommand).rejects(Object.assign(new Error('no'), { name: 'AuthorizationErrorException' }));
  const { answer, lines, kept } = await told(ofRun);
  expect(answer).toMatchObject({
    sent: ['pagerduty'],
    failed: [{ channel: 'sns', error: 'AuthorizationErrorException' }],
  });
  expect(lines).toEqual([['error', 'a notice did not reach every channel', answer]]);
  expect(kept).toMatchObject([
    { kind: 'held', channels: ['sns'], subject: { service: 'buywhere-api', incidentId: 'incident-1' } },
  ]);
});

const execution = arn('preflight', 'run-1');
const report: PreflightReport = {
  environment: 'production',
  execution,
  at: now,
  ready: false,
  rows: [{ by: 'scale-out', check: 'ecs:UpdateService', result: 'missing', right: 'ecs:UpdateService' }],
  summary: '1 of 1 check failed',
};
const aboutPreflight = { environment: 'production', occasion: 'preflight', execution, reasons: [] };

it.each([
  ['that found something', { report }, 'ecs:UpdateService'],
  ['that did not come through', { unproved: { Error: 'States.Timeout' }, execution }, 'Timeout'],
])('tells of a preflight %s, which is about no service', async (_, input, why) => {
  topic.on(PublishCommand).rejects(new Error('no'));
  const { answer, kept } = await told(input);
  expect(answer).toMatchObject({ kind: 'preflight' });
  expect(published()[0]?.Subject).toContain('[production]');
  expect(published()[0]?.Message).toContain(why);
  expect(published()[0]?.Message).toContain(execution);
  // What concerns no service is kept with the first one.
  expect(kept).toMatchObject([{ kind: 'preflight', subject: aboutPreflight }]);
});
