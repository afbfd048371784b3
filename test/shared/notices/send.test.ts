import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { HttpAnswer } from '../../../shared/lambda/context.ts';
import { subjectOf } from '../../../shared/notices/channel.ts';
import { sendNotice } from '../../../shared/notices/send.ts';
import { type NoticeKind, noticeKinds, noticeOf } from '../../../shared/notices/wording.ts';
import { configWith, incident, now, plan, request } from '../../support/builders.ts';

const chatUrl = 'https://chat.example/hooks/very-secret';
const routingKey = 'routing-key-very-secret';

interface Post {
  url: string;
  body: unknown;
}

/** Both webhooks switched on; `answers` says what each post gets, in order; then all is accepted. */
function channels(answers: (number | Error | Partial<HttpAnswer>)[] = []) {
  const config = configWith(({ notices }) => {
    notices.pagerDuty.enabled = true;
    notices.chat.enabled = true;
  });
  const sns = new SNSClient({ region: config.region });
  const topic = mockClient(sns);
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
  const posts: Post[] = [];
  const pauses: number[] = [];
  const context = {
    config,
    now: () => new Date(now),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    after: (milliseconds: number) => {
      pauses.push(milliseconds);
      return { passed: Promise.resolve(), cancel: () => undefined };
    },
    notices: { sns, topicArn: 'arn:aws:sns:ap-southeast-1:123456789012:notices' },
    secrets: {
      read: async (name: string): Promise<string> =>
        name === config.notices.chat.urlSecret ? chatUrl : routingKey,
    },
    http: {
      get: () => Promise.reject(new Error('nothing is read')),
      post: async (url: string, body: unknown) => {
        posts.push({ url, body });
        const answer = answers.shift() ?? 202;
        if (answer instanceof Error) throw answer;
        const given = typeof answer === 'number' ? { status: answer } : answer;
        return { status: 429, latencyMilliseconds: 1, body: '', ...given };
      },
    },
  };
  const document = { request: request(), incident: incident(), plan: plan() };
  const send = (kind: NoticeKind, part: Partial<typeof document> = {}) =>
    sendNotice(
      kind,
      noticeOf(kind, { ...document, ...part }, config),
      subjectOf(part.request ?? document.request, document.incident),
      context,
    );
  const to = (host: string) => posts.filter(({ url }) => new URL(url).host === host);
  return { send, posts, pauses, topic, context, config, to };
}

describe('PagerDuty', () => {
  const actions: Record<NoticeKind, string | undefined> = {
    started: undefined,
    planned: undefined,
    'pools-raised': undefined,
    scaled: undefined,
    verified: 'acknowledge',
    'waiting-for-approval': undefined,
    'approval-due': 'trigger',
    rejected: undefined,
    expired: 'trigger',
    restored: 'resolve',
    'still-scaled-out': 'trigger',
    held: 'trigger',
    failed: 'trigger',
    'rolled-back': undefined,
    escalated: 'trigger',
    configured: undefined,
    relieved: undefined,
    preflight: undefined,
  };

  it.each(noticeKinds)('on "%s"', async (kind) => {
    const { send, to } = channels();
    await send(kind);
    const sent = to('events.pagerduty.com').map(({ body }) => body);
    const action = actions[kind];
    expect(sent).toEqual(action ? [expect.objectContaining({ event_action: action })] : []);
  });

  it('gets an Events API v2 event whose deduplication key is the incident', async () => {
    const { send, to } = channels();
    await send('held');
    expect(to('events.pagerduty.com')).toEqual([
      {
        url: 'https://events.pagerduty.com/v2/enqueue',
        body: {
          routing_key: routingKey,
          event_action: 'trigger',
          dedup_key: 'incident-1',
          payload: {
            summary: '[production] buywhere-api: HELD: needs a person',
            timestamp: now,
            source: 'production/buywhere-api',
            severity: 'critical',
            component: 'buywhere-api',
            class: 'HighLatencyP99',
            custom_details: expect.objectContaining({ execution: request().execution.arn }),
          },
        },
      },
    ]);
  });
});

describe('PagerDuty, about a run whose service is not known', () => {
  const about = async (part: { service?: string; incidentId?: string }) => {
    const { context, config, to } = channels();
    const subject = {
      environment: 'production',
      occasion: 'scale-in',
      execution: 'arn:run',
      reasons: [],
      ...part,
    };
    await sendNotice('failed', noticeOf('failed', { request: request() }, config), subject, context);
    return Object(to('events.pagerduty.com')[0]?.body);
  };

  it('gets one alert per run, of the environment', async () => {
    const { dedup_key, payload } = await about({});
    expect([dedup_key, payload.source]).toEqual(['arn:run', 'production']);
    expect(payload).not.toHaveProperty('component');
  });

  it('gets one per service where that is known, and one per incident where there is one', async () => {
    const known = await about({ service: 'buywhere-api' });
    expect([known.dedup_key, known.payload.source]).toEqual(Array(2).fill('production/buywhere-api'));
    expect(known.payload.component).toBe('buywhere-api');
    expect((await about({ incidentId: 'incident-1' })).dedup_key).toBe('incident-1');
  });

  it('is told why, in words', async () => {
    const { send, to } = channels();
    await send('held');
    expect(Object(to('events.pagerduty.com')[0]?.body).payload.custom_details.reasons).toEqual([
      'buywhere-api-HighLatencyP99 is in ALARM',
    ]);
  });
});

it('a notice is sent again only through the channels that have not taken it', async () => {
  const { context, config, topic, to } = channels();
  const subject = subjectOf(request(), incident());
  const notice = noticeOf('held', { request: request() }, config);
  expect((await sendNotice('held', notice, subject, context, ['chat'])).sent).toEqual(['chat']);
  expect([topic.calls().length, to('events.pagerduty.com').length]).toEqual([0, 0]);
  expect((await sendNotice('held', notice, subject, context, ['sns'])).sent).toEqual(['sns']);
});

describe('a channel that fails', () => {
  it('is asked again, and stops no other', async () => {
    const { send, pauses, to } = channels([503, new TypeError('fetch failed'), 429]);
    const delivery = await send('started');
    expect(delivery).toEqual(expect.objectContaining({ sent: ['sns'], failed: [expect.anything()] }));
    expect(to('chat.example')).toHaveLength(3);
    expect(pauses).toEqual([1000, 3000]);
  });

  it('gets through at the second try', async () => {
    const { send } = channels([500]);
    expect(await send('started')).toMatchObject({ sent: ['sns', 'chat'], failed: [] });
  });

  it.each([200, 299])('has taken what it answers with %d', async (status) => {
    const { send, to } = channels([status]);
    expect(await send('started')).toMatchObject({ sent: ['sns', 'chat'], failed: [] });
    expect(to('chat.example')).toHaveLength(1);
  });

  it.each([199, 300])('has refused what it answers with %d', async (status) => {
    const { send } = channels([status]);
    expect((await send('started')).failed).toEqual([{ channel: 'chat', error: `chat answered ${status}` }]);
  });

  it.each([
    ['1', 1000],
    ['2', 2000],
    ['5', 5000],
    ['soon', 1000],
  ])('that asks to come back after %s is asked again after %d ms', async (retryAfter, pause) => {
    const { send, pauses } = channels([{ retryAfter }]);
    expect(await send('started')).toMatchObject({ sent: ['sns', 'chat'], failed: [] });
    expect(pauses).toEqual([pause]);
  });

  it('that asks for a longer wait is left alone, and its wait is told', async () => {
    const { send, pauses, to } = channels([{ status: 503, retryAfter: '6' }]);
    expect((await send('started')).failed).toEqual([
      { channel: 'chat', error: 'chat answered 503', notBefore: '2026-10-02T17:10:06.000Z' },
    ]);
    expect([pauses, to('chat.example').length]).toEqual([[], 1]);
  });

  it('that asks for a wait at the last try has its wait told', async () => {
    const { send } = channels([429, 429, { retryAfter: '1' }]);
    expect((await send('started')).failed).toMatchObject([{ notBefore: '2026-10-02T17:10:01.000Z' }]);
  });

  it('for good is not asked again, whatever it says of later', async () => {
    const { send } = channels([{ status: 403, retryAfter: '1' }]);
    expect((await send('started')).failed).toEqual([{ channel: 'chat', error: 'chat answered 403' }]);
  });

  it('is asked again when there were too many requests, and told by its own name', async () => {
    const { send, pauses } = channels([429, 500, 429]);
    expect((await send('started')).failed).toEqual([{ channel: 'chat', error: 'chat answered 429' }]);
    expect(pauses).toEqual([1000, 3000]);
  });

  it('PagerDuty, is told by its name', async () => {
    const { send, config } = channels([400]);
    config.notices.chat.enabled = false;
    expect((await send('held')).failed).toEqual([{ channel: 'pagerduty', error: 'PagerDuty answered 400' }]);
  });

  it('with something that is no error, has failed', async () => {
    const { send, context } = channels();
    context.secrets.read = () => Promise.reject('a text that may hold the secret');
    expect((await send('started')).failed).toEqual([{ channel: 'chat', error: 'failed' }]);
  });

  it('calls nobody and links to nothing, whatever a person wrote', async () => {
    const { send, to } = channels();
    const requestedBy = '@here <!channel> <@U1> @everyone [ok](https://evil.example)\u001b[2J\u202e';
    await send('started', { request: request({ requestedBy }) });
    const text = JSON.stringify(to('chat.example')[0]?.body);
    expect(text).toContain('＠here ‹!channel›');
    expect(text).not.toMatch(/[@<>\u202e]|\]\(|\\u001b/);
  });

  it('is not asked again after a refusal', async () => {
    const { send, to } = channels([403]);
    const { failed } = await send('started');
    expect(failed).toEqual([{ channel: 'chat', error: 'chat answered 403' }]);
    expect(to('chat.example')).toHaveLength(1);
  });

  it('says nothing of its secrets', async () => {
    const leaking = () => new Error(`cannot reach ${chatUrl} with ${routingKey}`);
    const { send } = channels(Array.from({ length: 6 }, leaking));
    const delivery = await send('held');
    expect(delivery.sent).toEqual(['sns']);
    expect(delivery.failed.map(({ channel }) => channel).sort()).toEqual(['chat', 'pagerduty']);
    expect(JSON.stringify(delivery)).not.toMatch(/very-secret|hooks/);
  });

  it('whose secret cannot be read is told like any other', async () => {
    const { send, context } = channels();
    context.secrets.read = () => Promise.reject(Object.assign(new Error('denied'), { name: 'AccessDenied' }));
    expect((await send('started')).failed).toEqual([{ channel: 'chat', error: 'AccessDenied' }]);
  });

  it('is told of in the next notice', async () => {
    const { send, topic, config } = channels();
    topic.on(PublishCommand).rejects(Object.assign(new Error('x'), { name: 'InternalError' }));
    const delivery = await send('started');
    const document = { request: request(), notices: { started: delivery } };
    expect(noticeOf('scaled', document, config).text).toContain(
      'The notice "started" did not reach sns: InternalError.',
    );
  });
});

describe('what a person wrote', () => {
  const requestedBy = 'Ada\n- all is well\u202e <!channel> <https://evil.example|Approve>';

  it('adds no line to a notice, and no link or mention to a chat', async () => {
    const { send, to, topic } = channels();
    await send('held', { request: request({ requestedBy }) });
    const [call] = topic.commandCalls(PublishCommand);
    expect(call?.args[0].input.Message?.split('\n')).not.toContain('- all is well');
    const text = JSON.stringify(to('chat.example')[0]?.body);
    expect(text).toContain('Ada - all is well ‹!channel› ‹https://evil.example|Approve›');
    expect(text).not.toMatch(/[<>\u202e]/);
  });
});

describe('a chat', () => {
  it.each([
    ['https://prod-1.westeurope.logic.azure.com/workflows/x', undefined, 'attachments'],
    ['https://discord.com/api/webhooks/1/x', undefined, 'content'],
    ['https://chat.example/hooks/x', undefined, 'text'],
    ['https://relay.example/x', 'teams' as const, 'attachments'],
    ['https://discord.com/api/webhooks/1/x/slack', 'text' as const, 'text'],
  ])('behind %s, configured as %s, gets %s', async (url, kind, member) => {
    const { send, context, config, posts } = channels();
    Object.assign(config.notices.chat, { kind });
    context.secrets.read = async () => url;
    await send('started');
    expect(posts).toMatchObject([{ url, body: { [member]: expect.anything() } }]);
  });
});

it('a channel that is switched off gets nothing', async () => {
  const { send, posts, config } = channels();
  config.notices.chat.enabled = false;
  config.notices.pagerDuty.enabled = false;
  expect(await send('held')).toMatchObject({ sent: ['sns'], failed: [] });
  expect(posts).toEqual([]);
});
