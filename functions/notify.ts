import * as z from 'zod';
import { notices } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { sendNotice } from '../shared/channels.ts';
import { Approval, Assessment, Incident, Outcome, Plan, Request, Verification } from '../shared/document.ts';
import { lambda, step } from '../shared/lambda.ts';
import { noticeKinds, noticeOf } from '../shared/notices.ts';
import type { Tools } from '../shared/tools.ts';

/** Tells people what happened, through every channel. A channel that fails stops nothing and stands in the result. */
export const notify = step({
  name: 'notify',
  input: z.object({
    kind: z.enum(noticeKinds),
    document: z.object({
      request: Request,
      incident: Incident.optional(),
      assessment: Assessment.optional(),
      plan: Plan.optional(),
      verification: Verification.optional(),
      approval: Approval.optional(),
      outcome: Outcome.optional(),
      failure: z.object({ Error: z.string(), Cause: z.string() }).optional(),
      notices: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  async run({ kind, document }, tools: Tools<'notices' | 'http' | 'secrets'>) {
    const delivery = await sendNotice(kind, noticeOf(kind, document, tools.config), document, tools);
    if (delivery.failed.length > 0) tools.log.error('a notice did not reach every channel', { ...delivery });
    else tools.log.info('notice sent', { ...delivery });
    return delivery;
  },
});

export const handler = lambda(notify, { notices, http, secrets });
