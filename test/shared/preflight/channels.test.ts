import { SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import type { Config } from '../../../shared/config/schema.ts';
import type { HttpAnswer } from '../../../shared/lambda/context.ts';
import { channelTrials } from '../../../shared/preflight/notices.ts';
import { configWith, production } from '../../support/builders.ts';
import { ask, basics } from './support.ts';

/** What a function that tells people has. */
const telling = (
  config: Config,
  read: (name: string) => Promise<string>,
  post: (url: string, body: unknown) => Promise<HttpAnswer>,
) => ({
  ...basics,
  config,
  secrets: { read },
  notices: { sns: new SNSClient({}), topicArn: '' },
  http: { get: () => Promise.reject(new Error('no')), post },
  after: () => ({ passed: Promise.resolve(), cancel: () => {} }),
});
const taken = async () => ({ status: 202, latencyMilliseconds: 1, body: '' });

/** The names of the secrets that are asked for, and how often the topic is. */
async function triedWith(config: Config, services: string[]) {
  const read: string[] = [];
  const reading = async (name: string) => {
    read.push(name);
    return 'value';
  };
  const asked = { ...ask, services, writes: false };
  const trials = channelTrials('notify', asked, telling(config, reading, taken));
  for (const one of trials.filter(({ check }) => check === 'ssm:GetParameter')) await one.try();
  return { read, topic: trials.filter(({ check }) => check === 'sns:Publish').length };
}

it('the channels of each service that has some of its own are tried, those of the stage once for all others', async () => {
  const chat = { ...production.notices.chat, urlSecret: '/checkout/chat' };
  const config = configWith((draft, service) => {
    draft.services.checkout = { ...service, service: 'checkout', notices: { ...draft.notices, chat } };
    draft.services.cart = { ...service, service: 'cart' };
  });
  const both = await triedWith(config, ['buywhere-api', 'checkout', 'cart']);
  expect(both.read).toEqual([
    production.notices.pagerDuty.routingKeySecret,
    production.notices.chat.urlSecret,
    production.notices.pagerDuty.routingKeySecret,
    '/checkout/chat',
  ]);
  expect(both.topic).toBe(1);
  expect((await triedWith(config, ['checkout'])).read).not.toContain(production.notices.chat.urlSecret);
  expect((await triedWith(config, ['cart', 'buywhere-api'])).read).toHaveLength(2);
});

describe('a channel', () => {
  type Given = { by?: string; testNotice?: boolean; off?: boolean; post?: () => Promise<HttpAnswer> };
  /** What the trials of PagerDuty and chat find, and what is posted. */
  async function addresses({ by = 'notify', testNotice = true, off = false, post = taken }: Given = {}) {
    const config = configWith((draft) => {
      draft.notices.pagerDuty.enabled = !off;
      draft.notices.chat.enabled = !off;
    });
    const posted: unknown[] = [];
    const posting = (_: string, body: unknown) => {
      posted.push(body);
      return post();
    };
    const context = telling(config, async () => 'https://chat.example/hook', posting);
    const trials = channelTrials(by, { ...ask, writes: false, testNotice }, context);
    const found: Record<string, unknown> = {};
    for (const one of trials.filter(({ check }) => check === 'address'))
      found[String(one.on)] = await one.try();
    const topic = trials.find(({ check }) => check === 'sns:Publish');
    return { found, posted, topic };
  }

  it('is asked, PagerDuty to resolve what nobody has triggered', async () => {
    const { found, posted } = await addresses();
    expect(found).toEqual({ PagerDuty: undefined, chat: undefined });
    expect(posted[0]).toMatchObject({
      event_action: 'resolve',
      dedup_key: 'preflight-production',
      payload: { class: 'preflight', custom_details: { reasons: [] } },
    });
    expect(JSON.stringify(posted[1])).toContain('Test notice from emergency scaling (notify)');
  });

  it('that is off is not asked', async () => {
    const { found, posted } = await addresses({ off: true });
    expect(found).toEqual({ PagerDuty: { notTried: 'channel-off' }, chat: { notTried: 'channel-off' } });
    expect(posted).toEqual([]);
  });

  it('that people read is asked by notify alone, and on request', async () => {
    expect((await addresses({ by: 'watch-executions' })).found.chat).toEqual({ notTried: 'only-notify' });
    const quiet = await addresses({ testNotice: false });
    expect(quiet.found).toEqual({ PagerDuty: undefined, chat: { notTried: 'not-asked' } });
    expect(quiet.posted).toHaveLength(1);
    expect(await quiet.topic?.try()).toEqual({ notTried: 'not-asked' });
  });

  const named = (name: string, code = '') => Object.assign(new Error('https://secret'), { name, code });
  it.each<[string, () => Promise<HttpAnswer>, unknown]>([
    ['does not answer in time', () => Promise.reject(named('TimeoutError')), { cause: 'late' }],
    [
      'is not there',
      () => Promise.reject(named('TypeError', 'ECONNREFUSED')),
      { cause: 'unreachable', error: 'NotTaken', message: 'TypeError' },
    ],
    [
      'breaks otherwise',
      () => Promise.reject(named('TypeError')),
      { cause: 'failed', error: 'NotTaken', message: 'TypeError' },
    ],
    [
      'refuses',
      async () => ({ status: 403, latencyMilliseconds: 1, body: 'https://secret' }),
      { cause: 'failed', error: 'NotTaken', message: 'PagerDuty answered 403' },
    ],
  ])('that %s is told without its address', async (_, post, unknown) => {
    const { found } = await addresses({ post });
    expect(found.PagerDuty).toEqual({ unknown });
  });
});
