import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { z } from 'zod';
import { approvalMail } from '../shared/approval-mail.ts';
import { newHandle, storeApproval } from '../shared/approvals.ts';
import { mail, store } from '../shared/aws/clients.ts';
import { links, random } from '../shared/aws/platform.ts';
import { Assessment, Incident, Plan, Request } from '../shared/document.ts';
import { ApprovalNotSentError } from '../shared/errors.ts';
import { lambda, step } from '../shared/lambda.ts';
import type { Tools } from '../shared/tools.ts';

/**
 * Callback task: stores the request with its task token and mails one link per approver. The token stays on the
 * server; the link carries a random handle of which only the hash is stored.
 * @throws ApprovalNotSentError when no mail was accepted for any approver.
 */
export const requestApproval = step({
  name: 'request-approval',
  input: z.object({
    taskToken: z.string().min(1).max(2048),
    document: z.object({ request: Request, incident: Incident, assessment: Assessment, plan: Plan }),
  }),
  async run({ taskToken, document }, tools: Tools<'mail' | 'store' | 'links' | 'random'>) {
    const { request, incident, assessment, plan } = document;
    const { approval } = tools.config;
    const now = tools.now();
    const asked = {
      id: Buffer.from(tools.random.bytes(16)).toString('hex'),
      taskToken,
      execution: request.execution.arn,
      environment: request.environment,
      service: request.service,
      incidentId: incident.id,
      requestedBy: request.requestedBy,
      plan,
      metrics: assessment.metrics,
      createdAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + approval.expiresAfterSeconds * 1000).toISOString(),
      delivered: false,
    };
    const invited = approval.approvers.map((approver) => ({
      ...approver,
      handle: newHandle(tools.random.bytes),
    }));
    await storeApproval(asked, invited, tools.store);
    const sent = await Promise.allSettled(
      invited.map(({ name, email, handle }) => {
        const content = approvalMail(
          asked,
          name,
          `${tools.links.approvalBaseUrl}/approvals/${handle}`,
          tools.config,
        );
        return tools.mail.ses.send(
          new SendEmailCommand({
            FromEmailAddress: approval.sender,
            Destination: { ToAddresses: [email] },
            Content: {
              Simple: {
                Subject: { Data: content.subject },
                Body: { Text: { Data: content.text }, Html: { Data: content.html } },
              },
            },
          }),
        );
      }),
    );
    const failures = sent.flatMap((result, i) =>
      result.status === 'rejected' ? [`${invited[i]?.name}: ${result.reason}`] : [],
    );
    tools.log.info('approval requested', {
      approval: asked.id,
      sent: sent.length - failures.length,
      failures,
    });
    if (failures.length === sent.length)
      throw new ApprovalNotSentError(`no approver could be reached: ${failures.join('; ')}`);
    return { approval: asked.id, expiresAt: asked.expiresAt };
  },
});

export const handler = lambda(requestApproval, { mail, store, links, random });
