import { PublishCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { inviteApprovers } from '../shared/approval-invitation.ts';
import { dueOf } from '../shared/approval-reminder.ts';
import { markApproval, mayApprove, readApproval } from '../shared/approvals.ts';
import { mail, notices, store } from '../shared/aws/clients.ts';
import { links, random } from '../shared/aws/platform.ts';
import { lambda, step } from '../shared/lambda.ts';
import { reminderNotice } from '../shared/notices.ts';
import type { Tools } from '../shared/tools.ts';

/**
 * Looks after an open approval request: mails a reminder at half time and escalates before it expires, once each. Says
 * `deliver` when a decision is stored that Step Functions has not taken yet.
 */
export const remindApprovers = step({
  name: 'remind-approvers',
  input: z.object({ approvalId: z.string() }),
  async run({ approvalId }, tools: Tools<'mail' | 'store' | 'links' | 'random' | 'notices'>) {
    const { config, store } = tools;
    const nextCheckSeconds = config.approval.checkSeconds;
    const found = await readApproval(approvalId, store);
    // Just started: the request itself is stored a moment later.
    if (!found) return { due: 'nothing', nextCheckSeconds };
    const { request } = found;
    const due = dueOf(request, tools.now(), config);
    if (due === 'remind') {
      await markApproval(approvalId, { reminded: true }, store);
      const answered = new Set(request.decisions.map(({ by }) => by));
      const missing = config.approval.approvers.filter(
        (approver) =>
          !answered.has(approver.name) &&
          mayApprove(approver, request.requestedBy, config.approval.requesterMayApprove),
      );
      const { sent, failures } = await inviteApprovers(request, missing, 'reminder', tools);
      tools.log.info('approvers reminded', { approval: approvalId, sent, failures });
    }
    if (due === 'escalate') {
      await markApproval(approvalId, { escalated: true }, store);
      const { subject, text } = reminderNotice(request, tools.now(), config);
      await tools.notices.sns.send(
        new PublishCommand({ TopicArn: tools.notices.topicArn, Subject: subject, Message: text }),
      );
      tools.log.warn('approval escalated', { approval: approvalId });
    }
    return { due, nextCheckSeconds };
  },
});

export const handler = lambda(remindApprovers, { mail, store, links, random, notices });
