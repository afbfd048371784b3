import * as v from 'valibot';
import { notices, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { documentWith } from '../shared/document/document.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { subjectOf } from '../shared/notices/channel.ts';
import { sendOrKeep } from '../shared/notices/outbox.ts';
import { noticeKinds, noticeOf } from '../shared/notices/wording.ts';

/**
 * Tells people what happened, through every channel. A channel that fails stops nothing and stands in the result; what
 * it did not take is kept and sent again.
 */
export const notify = step({
  name: 'notify',
  input: v.object({
    kind: v.picklist(noticeKinds),
    document: documentWith(
      'request',
      'incident?',
      'assessment?',
      'plan?',
      'change?',
      'step?',
      'verification?',
      'approval?',
      'outcome?',
      'autoscaling?',
      'failure?',
      'notices?',
    ),
  }),
  async run({ kind, document }, context: StepContext<'notices' | 'http' | 'secrets' | 'store'>) {
    const { request, incident, plan } = document;
    const subject = subjectOf(request, incident, plan?.reasons);
    const delivery = await sendOrKeep(kind, noticeOf(kind, document, context.config), subject, context);
    if (delivery.failed.length > 0)
      context.log.error('a notice did not reach every channel', { ...delivery });
    else context.log.info('notice sent', { ...delivery });
    return delivery;
  },
});

export const handler = lambda(notify, { notices, http, secrets, store });
