import { PublishCommand } from '@aws-sdk/client-sns';
import type { Notice, NoticeDocument, NoticeKind } from './notices.ts';
import type { Tools } from './tools.ts';

export type ChannelName = 'sns' | 'pagerduty' | 'chat';

/** Which channels took a notice, and which did not; a failing channel stops nothing and is never silent. */
export interface Delivery {
  kind: NoticeKind;
  subject: string;
  sent: ChannelName[];
  failed: { channel: ChannelName; error: string }[];
}

type ChannelTools = Tools<'notices' | 'http' | 'secrets'>;

const timeoutMilliseconds = 5000;

/** What a kind of notice does to the incident's PagerDuty alert; the others are not sent there. */
const pagerDutyAction: Partial<Record<NoticeKind, 'trigger' | 'acknowledge' | 'resolve'>> = {
  escalated: 'trigger',
  held: 'trigger',
  failed: 'trigger',
  'still-scaled-out': 'trigger',
  verified: 'acknowledge',
  restored: 'resolve',
};

/** Sends a notice through every channel that is switched on, side by side. Never rejects. */
export async function sendNotice(
  kind: NoticeKind,
  notice: Notice,
  document: NoticeDocument,
  tools: ChannelTools,
): Promise<Delivery> {
  const { pagerDuty, chat } = tools.config.notices;
  const action = pagerDutyAction[kind];
  const attempts: [ChannelName, Promise<unknown>][] = [['sns', publish(notice, tools)]];
  if (pagerDuty.enabled && action) attempts.push(['pagerduty', page(action, notice, document, tools)]);
  if (chat.enabled) attempts.push(['chat', post(notice, tools)]);
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
  { request, incident, plan }: NoticeDocument,
  { config, http, secrets }: ChannelTools,
): Promise<void> {
  const { url, routingKeySecret } = config.notices.pagerDuty;
  const event = {
    routing_key: await secrets.read(routingKeySecret),
    event_action: action,
    dedup_key: incident?.id ?? `${request.environment}/${request.service}`,
    payload: {
      summary: notice.subject,
      source: `${request.environment}/${request.service}`,
      severity: 'critical',
      component: request.service,
      class: request.alert ?? request.machine,
      custom_details: { reasons: plan?.reasons ?? request.reasons, execution: request.execution.arn },
    },
  };
  await accepted('PagerDuty', http.post(url, event, timeoutMilliseconds));
}

/** A chat's incoming webhook: `{"text": ...}`, which Slack, Mattermost and Google Chat take alike. */
async function post(notice: Notice, { config, http, secrets }: ChannelTools): Promise<void> {
  const url = await secrets.read(config.notices.chat.urlSecret);
  await accepted('chat', http.post(url, { text: `${notice.subject}\n${notice.text}` }, timeoutMilliseconds));
}

async function accepted(channel: string, answer: Promise<{ status: number }>): Promise<void> {
  const { status } = await answer;
  if (status < 200 || status > 299) throw new Error(`${channel} answered ${status}`);
}

// A fetch error may quote the URL, and a chat's URL is a secret: only our own messages and error names get out.
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return / answered \d+$/.test(error.message) ? error.message : error.name;
}
