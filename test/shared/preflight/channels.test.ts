import { SNSClient } from '@aws-sdk/client-sns';
import { expect, it } from '@jest/globals';
import type { Config } from '../../../shared/config/schema.ts';
import { channelTrials } from '../../../shared/preflight/notices.ts';
import { configWith, production } from '../../support/builders.ts';

const ask = (services: string[]) => ({
  services,
  execution: 'arn:aws:states:ap-southeast-1:123456789012:execution:emergency-scaling-production-preflight:x',
  once: true,
  writes: false,
  testMail: false,
  testNotice: false,
  testRun: false,
});

/** The names of the secrets that are asked for, and how often the topic is. */
async function triedWith(config: Config, services: string[]) {
  const read: string[] = [];
  const trials = channelTrials('notify', ask(services), {
    config,
    secrets: {
      read: async (name: string) => {
        read.push(name);
        return 'value';
      },
    },
    notices: { sns: new SNSClient({}), topicArn: '' },
    http: {
      get: () => Promise.reject(new Error('no')),
      post: async () => ({ status: 202, latencyMilliseconds: 1, body: '' }),
    },
    now: () => new Date(0),
    after: () => ({ passed: new Promise<void>(() => {}), cancel: () => {} }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
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
