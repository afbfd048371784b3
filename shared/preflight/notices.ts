import { forService } from '../config/packaged.ts';
import { firstOfEach } from '../core/first-of-each.ts';
import { unknownBy } from '../core/unknown.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import { testNotice } from '../format/preflight-messages.ts';
import type { ChannelContext } from '../notices/channel.ts';
import { post } from '../notices/chat.ts';
import { page } from '../notices/pagerduty.ts';
import { failureOf } from '../notices/post-webhook.ts';
import { publish } from '../notices/sns.ts';
import { channelSecret } from './parameters.ts';
import { notTried, type Trial } from './trials.ts';

/**
 * The channels of a function that tells people. PagerDuty is asked to resolve what nobody has triggered: that proves the key
 * and the way, and pages nobody. SNS and chat get a notice on request; the chat once, from `notify`.
 */
export function channelTrials(by: string, ask: PreflightAsk, context: ChannelContext): Trial[] {
  const { config } = context;
  const seen = ask.services.map((service) => forService(config, service));
  const [first = config, ...others] = firstOfEach(seen, ({ notices }) => JSON.stringify(notices));
  return [
    ...trialsOf(by, ask, { ...context, config: first }),
    // The topic is one for all.
    ...others.flatMap((one) =>
      trialsOf(by, ask, { ...context, config: one }).filter(({ check }) => check !== 'sns:Publish'),
    ),
  ];
}

function trialsOf(by: string, ask: PreflightAsk, context: ChannelContext): Trial[] {
  const { pagerDuty, chat } = context.config.notices;
  const notice = testNotice(by, context.config.environment);
  const toTopic: Trial = {
    check: 'sns:Publish',
    async try() {
      await publish(notice, context);
      return undefined;
    },
  };
  return [
    ...channelSecret(context.secrets, pagerDuty.enabled, pagerDuty.routingKeySecret),
    ...channelSecret(context.secrets, chat.enabled, chat.urlSecret),
    ask.testNotice ? toTopic : notTried('sns:Publish', 'not-asked'),
    pagerDuty.enabled
      ? posted('PagerDuty', () => page('resolve', notice, subjectOf(ask, context), context))
      : { ...notTried('address', 'channel-off'), on: 'PagerDuty' },
    chatTrial(by, ask, context, () => post(notice, context)),
  ];
}

function chatTrial(
  by: string,
  ask: PreflightAsk,
  { config }: ChannelContext,
  call: () => Promise<void>,
): Trial {
  const on = 'chat';
  if (!config.notices.chat.enabled) return { ...notTried('address', 'channel-off'), on };
  if (by !== 'notify') return { ...notTried('address', 'only-notify'), on };
  return ask.testNotice ? posted(on, call) : { ...notTried('address', 'not-asked'), on };
}

/** What an error says of a webhook may quote its address, which is a secret. */
const posted = (on: string, call: () => Promise<void>): Trial => ({
  check: 'address',
  on,
  async try() {
    try {
      await call();
      return undefined;
    } catch (error) {
      const { cause } = unknownBy(error);
      if (cause === 'late') return { unknown: { cause } };
      const foreign = { error: 'NotTaken', message: failureOf(error).error };
      return { unknown: { cause: cause === 'unreachable' ? cause : 'failed', ...foreign } };
    }
  },
});

const subjectOf = (ask: PreflightAsk, { config }: ChannelContext) => ({
  environment: config.environment,
  occasion: 'preflight',
  execution: ask.execution,
  incidentId: `preflight-${config.environment}`,
  reasons: [],
});
