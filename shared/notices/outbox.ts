import * as v from 'valibot';
import { serviceConfig } from '../config/packaged.ts';
import { datetime, parse } from '../core/schema.ts';
import { moment } from '../format/text.ts';
import type { StepContext } from '../lambda/context.ts';
import { updateRecord } from '../store/update-record.ts';
import { type ChannelContext, ChannelName, type Delivery, NoticeSubject } from './channel.ts';
import { sendNotice } from './send.ts';
import { latest, waitsOf } from './waits.ts';
import { type Notice, type NoticeKind, noticeKinds } from './wording.ts';

/** A notice with the channels that did not take it. */
const KeptNotice = v.object({
  kind: v.picklist(noticeKinds),
  notice: v.object({ subject: v.string(), text: v.string() }),
  subject: NoticeSubject,
  channels: v.array(ChannelName),
  triedAt: datetime,
  /** Channels that asked not to be called before. */
  notBefore: v.optional(v.record(ChannelName, datetime)),
});
type KeptNotice = v.InferOutput<typeof KeptNotice>;

/** The notices of one service that wait for their channels, oldest first. */
const Outbox = v.object({ notices: v.array(KeptNotice) });

type OutboxTools = ChannelContext & StepContext<'store'>;

/** After a day a notice tells nobody anything new. */
const keptMilliseconds = 24 * 3_600_000;
/** As many as surely fit into one record. */
const most = 50;

/**
 * Sends a notice, and keeps it for the channels that did not take it (scenario 38). Never rejects: neither a channel
 * nor the store may stop a run.
 */
export async function sendOrKeep(
  kind: NoticeKind,
  notice: Notice,
  subject: NoticeSubject,
  context: OutboxTools,
): Promise<Delivery> {
  const delivery = await sendNotice(kind, notice, subject, context);
  const channels = delivery.failed.map(({ channel }) => channel);
  const paged = delivery.sent.includes('pagerduty');
  if (channels.length === 0 && !paged) return delivery;
  const triedAt = context.now().toISOString();
  const kept: KeptNotice = { kind, notice, subject, channels, triedAt, notBefore: waitsOf(delivery) };
  try {
    await change(outboxOf(subject, context), context, (notices) => {
      const current = paged ? withoutPages(notices, subject) : notices;
      return channels.length > 0 ? [...current, kept].slice(-most) : current;
    });
  } catch (error) {
    context.log.error('a notice could not be kept', { kind, channels, error: String(error) });
  }
  return delivery;
}

/**
 * Sends what a service's outbox keeps to the channels that have not taken it yet, none of them before the time that it
 * asked for. A notice may reach a channel twice, when two calls overlap, and is given up after a day.
 */
export async function sendKept(service: string, context: OutboxTools): Promise<Delivery[]> {
  const stored = await context.store.read(keyOf(service, context));
  const { notices } = stored ? parse(Outbox, stored.body) : { notices: [] };
  const deliveries: Delivery[] = [];
  const now = context.now().toISOString();
  // A channel that asked to wait did so for every notice.
  const waits = latest(notices.map(({ notBefore = {} }) => notBefore));
  for (const kept of notices) {
    const due = kept.channels.filter((channel) => (waits[channel] ?? '') <= now);
    if (due.length === 0) continue;
    const late = { ...kept.notice, text: `(Late: first sent ${moment(kept.triedAt)}.)\n${kept.notice.text}` };
    const delivery = await sendNotice(kept.kind, late, kept.subject, context, due);
    const asked = waitsOf(delivery);
    Object.assign(waits, asked);
    const missing = delivery.failed.map(({ channel }) => channel);
    const channels = kept.channels.filter((channel) => !due.includes(channel) || missing.includes(channel));
    const tooOld = context.now().getTime() > Date.parse(kept.triedAt) + keptMilliseconds;
    if (tooOld && channels.length > 0) context.log.error('a notice is given up', { ...delivery });
    await change(service, context, (present) =>
      present.flatMap((one) => {
        if (!same(one, kept)) return [one];
        const notBefore = { ...one.notBefore, ...asked };
        return channels.length > 0 && !tooOld ? [{ ...one, channels, notBefore }] : [];
      }),
    );
    deliveries.push(delivery);
  }
  return deliveries;
}

/** A page that came through is newer than those that are kept: an old trigger must not reopen what is resolved. */
function withoutPages(notices: KeptNotice[], { incidentId }: NoticeSubject): KeptNotice[] {
  return notices
    .map((one) =>
      one.subject.incidentId === incidentId
        ? { ...one, channels: one.channels.filter((channel) => channel !== 'pagerduty') }
        : one,
    )
    .filter(({ channels }) => channels.length > 0);
}

const same = (one: KeptNotice, other: KeptNotice) =>
  one.kind === other.kind &&
  one.triedAt === other.triedAt &&
  one.subject.execution === other.subject.execution;

/** A notice about no known service waits with those of the first one: what matters is that it is sent again. */
const outboxOf = ({ service }: NoticeSubject, { config }: OutboxTools): string =>
  service ?? Object.keys(config.services)[0] ?? '';

function keyOf(service: string, { config }: OutboxTools): string {
  return `outbox/${serviceConfig(config, service).cluster}/${service}`;
}

async function change(
  service: string,
  context: OutboxTools,
  changed: (notices: KeptNotice[]) => KeptNotice[],
): Promise<void> {
  const expiresAt = new Date(context.now().getTime() + 2 * keptMilliseconds);
  const outbox = { key: keyOf(service, context), schema: Outbox, expiresAt };
  await updateRecord(context.store, outbox, (present) => {
    const notices = present?.notices ?? [];
    const next = changed(notices);
    return next.length === 0 && notices.length === 0 ? {} : { record: { notices: next } };
  });
}
