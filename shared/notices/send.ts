import { PublishCommand } from '@aws-sdk/client-sns';
import * as v from 'valibot';
import type { Incident, Request } from '../document/document.ts';
import type { Tools } from '../lambda/tools.ts';
import type { Notice, NoticeKind } from './wording.ts';

export const ChannelName = v.picklist(['sns', 'pagerduty', 'chat']);
export type ChannelName = v.InferOutput<typeof ChannelName>;

/** What a notice is about: all that a channel is told beside the notice itself. */
export const NoticeSubject = v.object({
  environment: v.string(),
  /** Key of the service in the configuration. */
  service: v.string(),
  /** The alert or state machine that led to it. */
  occasion: v.string(),
  incidentId: v.optional(v.string()),
  /** ARN of the execution. */
  execution: v.string(),
  reasons: v.array(v.string()),
});
export type NoticeSubject = v.InferOutput<typeof NoticeSubject>;

/** The subject of a run's notices. */
export function subjectOf(request: Request, incident?: Incident, reasons = request.reasons): NoticeSubject {
  return {
    environment: request.environment,
    service: request.service,
    occasion: request.alert ?? request.machine,
    ...(incident ? { incidentId: incident.id } : {}),
    execution: request.execution.arn,
    reasons,
  };
}

/** Which channels took a notice, and which did not; a failing channel stops nothing and is never silent. */
export interface Delivery {
  kind: NoticeKind;
  subject: string;
  sent: ChannelName[];
  failed: { channel: ChannelName; error: string }[];
}

export type ChannelTools = Tools<'notices' | 'http' | 'secrets'>;

const timeoutMilliseconds = 5000;
/** Pauses before a webhook is asked again; the AWS SDK repeats the calls to SNS by itself. */
const pausesMilliseconds = [1000, 3000];

/** What a kind of notice does to the incident's PagerDuty alert; the others are not sent there. */
const pagerDutyAction: Partial<Record<NoticeKind, 'trigger' | 'acknowledge' | 'resolve'>> = {
  escalated: 'trigger',
  held: 'trigger',
  failed: 'trigger',
  'still-scaled-out': 'trigger',
  'approval-due': 'trigger',
  expired: 'trigger',
  verified: 'acknowledge',
  restored: 'resolve',
};

/** Sends a notice through every channel that is switched on, or only through some, side by side. Never rejects. */
export async function sendNotice(
  kind: NoticeKind,
  notice: Notice,
  subject: NoticeSubject,
  tools: ChannelTools,
  channels: readonly ChannelName[] = ChannelName.options,
): Promise<Delivery> {
  const { pagerDuty, chat } = tools.config.notices;
  const action = pagerDutyAction[kind];
  const attempts: [ChannelName, Promise<unknown>][] = [];
  if (channels.includes('sns')) attempts.push(['sns', publish(notice, tools)]);
  if (channels.includes('pagerduty') && pagerDuty.enabled && action)
    attempts.push(['pagerduty', page(action, notice, subject, tools)]);
  if (channels.includes('chat') && chat.enabled) attempts.push(['chat', post(notice, tools)]);
  const delivery: Delivery = { kind, subject: notice.subject, sent: [], failed: [] };
  const results = await Promise.allSettled(attempts.map(([, attempt]) => attempt));
  results.forEach((result, i) => {
    const channel = attempts[i]?.[0] ?? 'sns';
    if (result.status === 'fulfilled') delivery.sent.push(channel);
    else delivery.failed.push({ channel, error: errorText(result.reason) });
  });
  return delivery;
}

function publish({ subject, text }: Notice, { notices }: ChannelTools): Promise<unknown> {
  return notices.sns.send(
    new PublishCommand({ TopicArn: notices.topicArn, Subject: subject, Message: text }),
  );
}

/** PagerDuty Events API v2; the incident is the deduplication key, so one incident is one alert. */
async function page(
  action: 'trigger' | 'acknowledge' | 'resolve',
  notice: Notice,
  subject: NoticeSubject,
  tools: ChannelTools,
): Promise<void> {
  const { config, secrets } = tools;
  const { url, routingKeySecret } = config.notices.pagerDuty;
  const source = `${subject.environment}/${subject.service}`;
  const event = {
    routing_key: await secrets.read(routingKeySecret),
    event_action: action,
    dedup_key: subject.incidentId ?? source,
    payload: {
      summary: notice.subject,
      timestamp: tools.now().toISOString(),
      source,
      severity: 'critical',
      component: subject.service,
      class: subject.occasion,
      custom_details: { reasons: subject.reasons, execution: subject.execution },
    },
  };
  await postTo('PagerDuty', url, event, tools);
}

/** A chat's incoming webhook: `{"text": ...}`, which Slack, Mattermost and Google Chat take alike. */
async function post({ subject, text }: Notice, tools: ChannelTools): Promise<void> {
  const url = await tools.secrets.read(tools.config.notices.chat.urlSecret);
  await postTo('chat', url, { text: withoutMarkup(`${subject}\n${text}`) }, tools);
}

/** Angle brackets make links and mentions of everybody in a chat: what a person wrote must make neither. */
const withoutMarkup = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');

/** Posts until it is taken: a refusal (4xx) is final, a failure or "too many requests" is tried again. */
async function postTo(channel: string, url: string, body: unknown, tools: ChannelTools): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const pause = pausesMilliseconds[attempt];
    try {
      const { status } = await tools.http.post(url, body, timeoutMilliseconds);
      if (status >= 200 && status < 300) return;
      const passing = status === 429 || status >= 500;
      if (!passing || pause === undefined) throw new RefusedError(`${channel} answered ${status}`);
    } catch (error) {
      if (error instanceof RefusedError || pause === undefined) throw error;
    }
    await tools.after(pause).passed;
  }
}

/** Its message holds nothing but the channel and a status. */
class RefusedError extends Error {}

// A fetch error may quote the URL, and a chat's URL is a secret: only our own messages and error names get out.
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return error instanceof RefusedError ? error.message : error.name;
}
