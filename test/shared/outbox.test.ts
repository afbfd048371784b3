import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { subjectOf } from '../../shared/channels.ts';
import { memoryRecordStore } from '../../shared/memory-record-store.ts';
import type { NoticeKind } from '../../shared/notices.ts';
import { sendKept, sendOrKeep } from '../../shared/outbox.ts';
import { configWith, incident, now, request } from '../support/builders.ts';

/** SNS and PagerDuty that are up or down, and an outbox. */
function outbox() {
  const config = configWith(({ notices }) => {
    notices.pagerDuty.enabled = true;
    notices.chat.enabled = false;
  });
  const up = { sns: true, pagerduty: true, store: true };
  const clock = { now: Date.parse(now) };
  const published: string[] = [];
  const pages: unknown[] = [];
  const errors: string[] = [];
  const sns = new SNSClient({ region: config.region });
  mockClient(sns)
    .on(PublishCommand)
    .callsFake(({ Message }: { Message: string }) => {
      if (!up.sns) throw Object.assign(new Error('x'), { name: 'InternalError' });
      published.push(Message);
      return { MessageId: 'm' };
    });
  const store = memoryRecordStore({ now: () => new Date(clock.now) });
  const tools = {
    config,
    now: () => new Date(clock.now),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => errors.push(message),
    },
    after: () => ({ passed: Promise.resolve(), cancel: () => undefined }),
    notices: { sns, topicArn: 'arn:aws:sns:ap-southeast-1:123456789012:notices' },
    secrets: { read: async () => 'secret' },
    http: {
      get: () => Promise.reject(new Error('nothing is read')),
      post: async (_: string, body: unknown) => {
        if (up.pagerduty) pages.push(body);
        return { status: up.pagerduty ? 202 : 403, latencyMilliseconds: 1, body: '' };
      },
    },
    store: {
      ...store,
      write: (...call: Parameters<typeof store.write>) =>
        up.store ? store.write(...call) : Promise.reject(new Error('the store is down')),
    },
  };
  const send = (kind: NoticeKind, text: string = kind) =>
    sendOrKeep(kind, { subject: text, text }, subjectOf(request(), incident()), tools);
  const later = () => sendKept('buywhere-api', tools);
  const pass = (hours: number) => {
    clock.now += hours * 3_600_000;
  };
  return { send, later, pass, up, published, pages, errors };
}

describe('a notice that a channel did not take', () => {
  it('is kept, and reaches that channel alone once it is back, in order', async () => {
    const { send, later, up, published, pages } = outbox();
    up.sns = false;
    await send('scaled');
    await send('held');
    up.sns = true;
    await later();
    expect(published).toEqual([
      '(Late: first sent 2026-10-02 17:10:00 UTC.)\nscaled',
      '(Late: first sent 2026-10-02 17:10:00 UTC.)\nheld',
    ]);
    expect(pages).toHaveLength(1);
    expect(await later()).toEqual([]);
  });

  it('stays while the channel is down', async () => {
    const { send, later, up, published } = outbox();
    up.sns = false;
    await send('scaled');
    expect(await later()).toMatchObject([{ sent: [], failed: [{ channel: 'sns' }] }]);
    up.sns = true;
    expect(await later()).toMatchObject([{ sent: ['sns'], failed: [] }]);
    expect(published).toHaveLength(1);
  });

  it('is given up after a day, and that is logged', async () => {
    const { send, later, pass, up, errors, published } = outbox();
    up.sns = false;
    await send('scaled');
    pass(24.1);
    await later();
    expect(errors).toEqual(['a notice is given up']);
    up.sns = true;
    await later();
    expect(published).toEqual([]);
  });

  it('stops nothing when it cannot even be kept, and that is logged', async () => {
    const { send, up, errors } = outbox();
    up.sns = false;
    up.store = false;
    expect(await send('scaled')).toMatchObject({ failed: [{ channel: 'sns' }] });
    expect(errors).toEqual(['a notice could not be kept']);
  });
});

it('an old page does not reopen an incident whose newer page came through', async () => {
  const { send, later, up, pages } = outbox();
  up.pagerduty = false;
  await send('held');
  up.pagerduty = true;
  await send('restored');
  await later();
  expect(pages).toMatchObject([{ event_action: 'resolve' }]);
});

it('a notice that all channels took is not kept', async () => {
  const { send, later } = outbox();
  await send('held');
  await send('scaled');
  expect(await later()).toEqual([]);
});
