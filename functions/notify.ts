import * as v from 'valibot';
import { AutoscalingPlan } from '../shared/autoscaling/plan.ts';
import { notices, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { Assessment } from '../shared/document/assessment.ts';
import { Incident } from '../shared/document/incident.ts';
import { Approval, Outcome } from '../shared/document/outcome.ts';
import { Plan } from '../shared/document/plan.ts';
import { Request } from '../shared/document/request.ts';
import { Verification } from '../shared/document/verification.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import type { Tools } from '../shared/lambda/tools.ts';
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
    document: v.object({
      request: Request,
      incident: v.optional(Incident),
      assessment: v.optional(Assessment),
      plan: v.optional(Plan),
      verification: v.optional(Verification),
      approval: v.optional(Approval),
      outcome: v.optional(Outcome),
      autoscaling: v.optional(AutoscalingPlan),
      failure: v.optional(v.object({ Error: v.string(), Cause: v.string() })),
      notices: v.optional(v.record(v.string(), v.unknown())),
    }),
  }),
  async run({ kind, document }, tools: Tools<'notices' | 'http' | 'secrets' | 'store'>) {
    const { request, incident, plan } = document;
    const subject = subjectOf(request, incident, plan?.reasons);
    const delivery = await sendOrKeep(kind, noticeOf(kind, document, tools.config), subject, tools);
    if (delivery.failed.length > 0) tools.log.error('a notice did not reach every channel', { ...delivery });
    else tools.log.info('notice sent', { ...delivery });
    return delivery;
  },
});

export const handler = lambda(notify, { notices, http, secrets, store });
