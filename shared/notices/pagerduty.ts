import { textsOf } from '../format/reasons.ts';
import type { ChannelContext, NoticeSubject } from './channel.ts';
import { postTo } from './post-webhook.ts';
import type { Notice, NoticeKind } from './wording.ts';

/** What a kind of notice does to the incident's PagerDuty alert; the others are not sent there. */
export const pagerDutyAction: Partial<Record<NoticeKind, 'trigger' | 'acknowledge' | 'resolve'>> = {
  escalated: 'trigger',
  held: 'trigger',
  failed: 'trigger',
  'still-scaled-out': 'trigger',
  'approval-due': 'trigger',
  expired: 'trigger',
  verified: 'acknowledge',
  restored: 'resolve',
};

/** PagerDuty Events API v2; the incident is the deduplication key, so one incident is one alert. */
export async function page(
  action: 'trigger' | 'acknowledge' | 'resolve',
  notice: Notice,
  subject: NoticeSubject,
  context: ChannelContext,
): Promise<void> {
  const { config, secrets } = context;
  const { url, routingKeySecret } = config.notices.pagerDuty;
  const { service, incidentId } = subject;
  const source = service === undefined ? subject.environment : `${subject.environment}/${service}`;
  const event = {
    routing_key: await secrets.read(routingKeySecret),
    event_action: action,
    dedup_key: incidentId ?? (service === undefined ? subject.execution : source),
    payload: {
      summary: notice.subject,
      timestamp: context.now().toISOString(),
      source,
      severity: 'critical',
      ...(service === undefined ? {} : { component: service }),
      class: subject.occasion,
      custom_details: { reasons: textsOf(subject.reasons), execution: subject.execution },
    },
  };
  await postTo('PagerDuty', url, event, context);
}
