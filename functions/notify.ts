import { PublishCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { notices } from '../shared/aws/clients.ts';
import { Approval, Assessment, Incident, Outcome, Plan, Request, Verification } from '../shared/document.ts';
import { lambda, step } from '../shared/lambda.ts';
import { noticeKinds, noticeOf } from '../shared/notices.ts';
import type { Tools } from '../shared/tools.ts';

/** Tells people what happened. The state machine goes on when this fails, and the failure stays in its history. */
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
    }),
  }),
  async run({ kind, document }, { notices, config, log }: Tools<'notices'>) {
    const { subject, text } = noticeOf(kind, document, config);
    const answer = await notices.sns.send(
      new PublishCommand({ TopicArn: notices.topicArn, Subject: subject, Message: text }),
    );
    log.info('notice sent', { kind, subject, messageId: answer.MessageId });
    return { kind, subject, messageId: answer.MessageId };
  },
});

export const handler = lambda(notify, { notices });
