import * as z from 'zod/mini';
import { AutoscalingPlan } from '../shared/autoscaling-plan.ts';
import { notices, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { subjectOf } from '../shared/channels.ts';
import { Approval, Assessment, Incident, Outcome, Plan, Request, Verification } from '../shared/document.ts';
import { lambda, step } from '../shared/lambda.ts';
import { noticeKinds, noticeOf } from '../shared/notices.ts';
import { sendOrKeep } from '../shared/outbox.ts';
import type { Tools } from '../shared/tools.ts';

/**
 * Tells people what happened, through every channel. A channel that fails stops nothing and stands in the result; what
 * it did not take is kept and sent again.
 */
export const notify = step({
  name: 'notify',
  input: z.object({
    kind: z.enum(noticeKinds),
    document: z.object({
      request: Request,
      incident: z.optional(Incident),
      assessment: z.optional(Assessment),
      plan: z.optional(Plan),
      verification: z.optional(Verification),
      approval: z.optional(Approval),
      outcome: z.optional(Outcome),
      autoscaling: z.optional(AutoscalingPlan),
      failure: z.optional(z.object({ Error: z.string(), Cause: z.string() })),
      notices: z.optional(z.record(z.string(), z.unknown())),
    }),
  }),
  async run({ kind, document }, tools: Tools<'notices' | 'http' | 'secrets' | 'store'>) {
    const subject = subjectOf(document.request, document.incident, document.plan?.reasons);
    const delivery = await sendOrKeep(kind, noticeOf(kind, document, tools.config), subject, tools);
    if (delivery.failed.length > 0) tools.log.error('a notice did not reach every channel', { ...delivery });
    else tools.log.info('notice sent', { ...delivery });
    return delivery;
  },
});

export const handler = lambda(notify, { notices, http, secrets, store });
