import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { HttpAnswer } from '../../../shared/lambda/context.ts';
import { subjectOf } from '../../../shared/notices/channel.ts';
import { sendKept, sendOrKeep } from '../../../shared/notices/outbox.ts';
import type { NoticeKind } from '../../../shared/notices/wording.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { configWith, incident, now, request, service } from '../../support/builders.ts';

/** SNS and PagerDuty that are up or down, and an outbox. */
function outbox() {
  const config = configWith(({ notices }) => {
    notices.pagerDuty.enabled = true;
    notices.chat.enabled = false;
  });
  const up = { sns: true, pagerduty: true, store: true };
  /** What PagerDuty answers while it is down. */
  const answer: Partial<HttpAnswer> = { status: 403 };
  /** Texts that SNS does not take while it takes others. */
  const refused = new Set<string>();
  const clock = { now: Date.parse(now) };
  const published: string[] = [];
  const pages: unknown[] = [];
  const asked = { count: 0 };
  const errors: string[] = [];
  const logged: object[] = [];
  const sns = new SNSClient({ region: config.region });
  mockClient(sns)
    .on(PublishCommand)
    .callsFake(({ Message }: { Message: string }) => {
      if (!up.sns || refused.has(Message.split('\n').at(-1) ?? ''))
        throw Object.assign(new Error('x'), { name: 'InternalError' });
      published.push(Message);
      return { MessageId: 'm' };
    });
  const store = memoryRecordStore({ now: () => new Date(clock.now) });
  /** What others do between a read and a write. */
  const others = { write: async () => true };
  const written = async (...call: Parameters<typeof store.write>) =>
    (await others.write()) && store.write(...call);
  const context = {
    config,
    now: () => new Date(clock.now),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (message: string, fields: object = {}) => {
        errors.push(message);
        logged.push(fields);
      },
    },
    after: () => ({ passed: Promise.resolve(), cancel: () => undefined }),
    notices: { sns, topicArn: 'arn:aws:sns:ap-southeast-1:123456789012:notices' },
    secrets: { read: async () => 'secret' },
    http: {
      get: () => Promise.reject(new Error('nothing is read')),
      post: async (_: string, body: unknown) => {
        if (up.pagerduty) pages.push(body);
        asked.count++;
        return { status: 202, latencyMilliseconds: 1, body: '', ...(up.pagerduty ? {} : answer) };
      },
    },
    store: {
      ...store,
      write: (...call: Parameters<typeof store.write>) =>
        up.store ? written(...call) : Promise.reject(new Error('the store is down')),
    },
  };
  const send = (kind: NoticeKind, text: string = kind, of = incident(), by = request()) =>
    sendOrKeep(kind, { subject: text, text }, subjectOf(by, of), context);
  const stored = () => store.read('outbox/buywhere-production/buywhere-api');
  const later = () => sendKept('buywhere-api', context);
  const pass = (hours: number) => {
    clock.now += hours * 3_600_000;
  };
  return {
    tools: context,
    config,
    send,
    later,
    pass,
    up,
    refused,
    published,
    pages,
    answer,
    asked,
    errors,
    logged,
    stored,
    others,
  };
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
    const { send, later, pass, up, errors, logged, published } = outbox();
    up.sns = false;
    await send('scaled');
    pass(24.1);
    await later();
    expect(errors).toEqual(['a notice is given up']);
    expect(logged).toMatchObject([{ sent: [], failed: [{ channel: 'sns' }] }]);
    up.sns = true;
    await later();
    expect(published).toEqual([]);
  });

  it('stops nothing when it cannot even be kept, and that is logged', async () => {
    const { send, up, errors, logged } = outbox();
    up.sns = false;
    up.store = false;
    expect(await send('scaled')).toMatchObject({ failed: [{ channel: 'sns' }] });
    expect(errors).toEqual(['a notice could not be kept']);
    expect(logged).toEqual([{ kind: 'scaled', channels: ['sns'], error: 'Error: the store is down' }]);
  });

  it('is written again where others write at the same time, five times at most', async () => {
    const { send, up, others, logged, stored } = outbox();
    let calls = 0;
    up.sns = false;
    others.write = async () => ++calls === 5;
    await send('scaled', 'first');
    expect(calls).toBe(5);

    calls = 0;
    others.write = async () => ++calls > 5;
    await send('scaled', 'second');
    expect([calls, logged]).toMatchObject([
      5,
      [{ error: expect.stringContaining('changed by others 5 times in a row') }],
    ]);
    expect((await stored())?.body).toMatchObject({ notices: [{ notice: { text: 'first' } }] });
  });

  it.each([
    ['exactly a day', 24, 1, []],
    ['longer', 24.1, 0, ['a notice is given up']],
  ])('waits %s for its channel', async (_, hours, left, said) => {
    const { send, later, pass, up, errors, stored } = outbox();
    up.sns = false;
    await send('scaled');
    pass(hours);
    await later();
    expect(errors).toEqual(said);
    expect((await stored())?.body).toMatchObject({ notices: { length: left } });
  });

  it('that comes through after a day is no loss to tell of', async () => {
    const { send, later, pass, up, errors, published } = outbox();
    up.sns = false;
    await send('scaled');
    pass(25);
    up.sns = true;
    await later();
    expect([published.length, errors]).toEqual([1, []]);
  });

  it('is one of the newest fifty', async () => {
    const { send, up, stored } = outbox();
    up.sns = false;
    for (let i = 1; i <= 51; i++) await send('scaled', `notice ${i}`);
    const { notices } = Object((await stored())?.body);
    expect(notices).toHaveLength(50);
    expect(notices[0].notice.text).toBe('notice 2');
  });

  it('is the only one that is dropped when it has reached its channel', async () => {
    const { send, later, pass, up, refused, stored } = outbox();
    const otherRun = request({ execution: { arn: 'arn:other', name: 'other', startedAt: now } });
    up.sns = false;
    await send('scaled', 'first');
    await send('planned', 'of the same moment');
    await send('scaled', 'of another run', incident(), otherRun);
    pass(1);
    await send('scaled', 'an hour later');
    up.sns = true;
    for (const text of ['of the same moment', 'of another run', 'an hour later']) refused.add(text);
    await later();

    const { notices } = Object((await stored())?.body);
    expect(notices.map(({ notice }: { notice: { text: string } }) => notice.text)).toEqual([...refused]);
  });

  it('leaves the others alone when it has reached its channel', async () => {
    const { send, later, pass, up, published, stored } = outbox();
    up.sns = false;
    await send('scaled', 'first');
    pass(1);
    await send('scaled', 'second');
    await send('planned', 'third');
    up.sns = true;
    await later();
    expect(published.map((text) => text.split('\n')[1])).toEqual(['first', 'second', 'third']);
    expect((await stored())?.body).toEqual({ notices: [] });
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

it('an old page of another incident is still sent', async () => {
  const { send, later, up, pages } = outbox();
  up.pagerduty = false;
  await send('held');
  up.pagerduty = true;
  await send('restored', 'restored', incident({ id: 'incident-2' }));
  await later();
  expect(pages).toMatchObject([{ event_action: 'resolve' }, { event_action: 'trigger' }]);
});

it('an old page that is taken back still reaches the other channels', async () => {
  const { send, later, up, pages, published } = outbox();
  up.pagerduty = false;
  up.sns = false;
  await send('held');
  up.pagerduty = true;
  await send('restored');
  up.sns = true;
  await later();
  expect(published.map((text) => text.split('\n')[1])).toEqual(['held', 'restored']);
  expect(pages).toHaveLength(1);
});

it('an old page that is taken back, and that no other channel misses, is kept no longer', async () => {
  const { send, up, stored } = outbox();
  up.pagerduty = false;
  await send('held');
  up.pagerduty = true;
  await send('restored');
  expect((await stored())?.body).toEqual({ notices: [] });
});

it('a notice about no known service waits with those of the first one', async () => {
  const { up, tools, stored } = outbox();
  up.sns = false;
  const { service: _, ...unknown } = subjectOf(request(), incident());
  await sendOrKeep('scaled', { subject: 'scaled', text: 'of nobody' }, unknown, tools);
  expect((await stored())?.body).toMatchObject({ notices: [{ notice: { text: 'of nobody' } }] });
});

it('a notice about a service waits with its own', async () => {
  const { up, tools, stored, config } = outbox();
  const first = { ...service, service: 'first-api' };
  config.services = { first, ...config.services };
  up.sns = false;
  await sendOrKeep('scaled', { subject: 'scaled', text: 'ours' }, subjectOf(request(), incident()), tools);
  expect((await stored())?.body).toMatchObject({ notices: [{ notice: { text: 'ours' } }] });
});

it('a notice that all channels took is not kept, and nothing is written for it', async () => {
  const { send, later, stored } = outbox();
  await send('held');
  await send('scaled');
  expect(await later()).toEqual([]);
  expect(await stored()).toBeUndefined();
});

describe('a channel that asks to come back later', () => {
  function waiting(seconds: number) {
    const box = outbox();
    box.up.pagerduty = false;
    Object.assign(box.answer, { status: 429, retryAfter: `${seconds}` });
    return box;
  }
  const anHour = 3600;

  it('is not called before, for any notice, and then gets them all', async () => {
    const { send, later, pass, up, asked, pages, answer } = waiting(anHour);
    await send('held');
    answer.status = 403;
    delete answer.retryAfter;
    await send('held', 'again', incident({ id: 'incident-2' }));
    expect(asked.count).toBe(2);
    up.pagerduty = true;
    pass(0.999);
    expect(await later()).toEqual([]);
    expect(asked.count).toBe(2);
    pass(0.001);
    expect(await later()).toHaveLength(2);
    expect(pages).toHaveLength(2);
    expect(await later()).toEqual([]);
  });

  it('does not keep the others waiting, and stays among those that miss the notice', async () => {
    const { send, later, pass, up, published, pages, stored } = waiting(anHour);
    up.sns = false;
    await send('held');
    up.sns = true;
    expect(await later()).toMatchObject([{ sent: ['sns'], failed: [] }]);
    expect(published).toHaveLength(1);
    expect((await stored())?.body).toMatchObject({ notices: [{ channels: ['pagerduty'] }] });
    up.pagerduty = true;
    pass(1);
    await later();
    expect([pages.length, published.length]).toEqual([1, 1]);
  });

  it('while kept notices are sent gets none of the next', async () => {
    const { send, later, pass, up, asked, pages, answer } = waiting(anHour);
    Object.assign(answer, { status: 403 });
    await send('held');
    await send('held', 'again', incident({ id: 'incident-2' }));
    Object.assign(answer, { status: 429 });
    expect(await later()).toMatchObject([{ failed: [{ notBefore: expect.any(String) }] }]);
    expect(asked.count).toBe(3);
    up.pagerduty = true;
    await later();
    expect(asked.count).toBe(3);
    pass(1);
    await later();
    expect(pages).toHaveLength(2);
  });

  it('asks again with each answer', async () => {
    const { send, later, pass, asked } = waiting(1800);
    await send('held');
    pass(0.5);
    await later();
    pass(0.4);
    await later();
    expect(asked.count).toBe(2);
    pass(0.1);
    await later();
    expect(asked.count).toBe(3);
  });
});
