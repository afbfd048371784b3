import { toolsFor } from '../config/packaged.ts';
import { oneLine, withoutControls } from '../core/plain-text.ts';
import { type ChannelContext, ChannelName, type Delivery, type NoticeSubject } from './channel.ts';
import { post } from './chat.ts';
import { page, pagerDutyAction } from './pagerduty.ts';
import { failureOf } from './post-webhook.ts';
import { publish } from './sns.ts';
import type { Notice, NoticeKind } from './wording.ts';

/** Sends a notice through every channel that is switched on, or only through some, side by side. Never rejects. */
export async function sendNotice(
  kind: NoticeKind,
  given: Notice,
  subject: NoticeSubject,
  tools: ChannelContext,
  channels: readonly ChannelName[] = ChannelName.options,
): Promise<Delivery> {
  const notice = { subject: oneLine(given.subject), text: withoutControls(given.text) };
  const context = toolsFor(tools, subject.service);
  const { pagerDuty, chat } = context.config.notices;
  const action = pagerDutyAction[kind];
  const attempts: [ChannelName, Promise<unknown>][] = [];
  if (channels.includes('sns')) attempts.push(['sns', publish(notice, context)]);
  if (channels.includes('pagerduty') && pagerDuty.enabled && action)
    attempts.push(['pagerduty', page(action, notice, subject, context)]);
  if (channels.includes('chat') && chat.enabled) attempts.push(['chat', post(notice, context)]);
  const delivery: Delivery = { kind, subject: notice.subject, sent: [], failed: [] };
  const results = await Promise.allSettled(attempts.map(([, attempt]) => attempt));
  results.forEach((result, i) => {
    const channel = attempts[i]?.[0] ?? 'sns';
    if (result.status === 'fulfilled') delivery.sent.push(channel);
    else delivery.failed.push({ channel, ...failureOf(result.reason) });
  });
  return delivery;
}
