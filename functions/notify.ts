import * as v from 'valibot';
import { notices, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { documentWith } from '../shared/document/document.ts';
import { PreflightReport } from '../shared/document/preflight.ts';
import { preflightNotice, unprovedNotice } from '../shared/format/preflight.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { type NoticeSubject, subjectOf } from '../shared/notices/channel.ts';
import { sendOrKeep } from '../shared/notices/outbox.ts';
import { type Notice, type NoticeKind, noticeKinds, noticeOf } from '../shared/notices/wording.ts';
import { channelTrials } from '../shared/preflight/notices.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { tried } from '../shared/preflight/trials.ts';

/** What a run tells of itself. */
const OfRun = v.object({
  kind: v.picklist(noticeKinds),
  document: documentWith(
    'request',
    'incident?',
    'assessment?',
    'plan?',
    'pools?',
    'relief?',
    'cache?',
    'cachePlan?',
    'change?',
    'step?',
    'verification?',
    'approval?',
    'outcome?',
    'autoscaling?',
    'failure?',
    'notices?',
  ),
});
/** A preflight that found something, and one that did not come through. */
const Preflighted = v.object({ report: PreflightReport });
const Unproved = v.object({ unproved: v.object({ Error: v.string() }), execution: v.string() });
type Told = v.InferOutput<typeof OfRun> | v.InferOutput<typeof Preflighted> | v.InferOutput<typeof Unproved>;

type Tools = StepContext<'notices' | 'http' | 'secrets' | 'store'>;

/**
 * Tells people what happened, through every channel. A channel that fails stops nothing and stands in the result; what
 * it did not take is kept and sent again.
 */
export const notify = step({
  name: 'notify',
  input: v.union([Preflighted, Unproved, OfRun]),
  async run(input, context: Tools) {
    const { kind, notice, subject } = noticeFor(input, context);
    const delivery = await sendOrKeep(kind, notice, subject, context);
    if (delivery.failed.length > 0)
      context.log.error('a notice did not reach every channel', { ...delivery });
    else context.log.info('notice sent', { ...delivery });
    return delivery;
  },
  preflight: (ask, context: Tools) =>
    tried(
      'notify',
      [...recordTrials(context.store, ask, { writes: ['outbox'] }), ...channelTrials('notify', ask, context)],
      context,
    ),
});

export const handler = lambda(notify, { notices, http, secrets, store });

function noticeFor(
  input: Told,
  { config }: Tools,
): { kind: NoticeKind; notice: Notice; subject: NoticeSubject } {
  if ('document' in input) {
    const { request, incident, plan, cachePlan } = input.document;
    const notice = noticeOf(input.kind, input.document, config);
    const reasons = (plan ?? cachePlan)?.reasons;
    return { kind: input.kind, notice, subject: subjectOf(request, incident, reasons) };
  }
  const { environment } = config;
  const [execution, notice] =
    'report' in input
      ? [input.report.execution, preflightNotice(input.report)]
      : [input.execution, unprovedNotice(environment, input.unproved.Error, input.execution)];
  return {
    kind: 'preflight',
    notice,
    subject: { environment, occasion: 'preflight', execution, reasons: [] },
  };
}
