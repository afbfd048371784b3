import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { approvalMail } from './approval-mail.ts';
import { type ApprovalRequest, newHandle, storeLinks } from './approvals.ts';
import type { Tools } from './tools.ts';

/** Mails every approver a link of their own. Resolves to how many mails were accepted, and why others were not. */
export async function inviteApprovers(
  request: ApprovalRequest,
  approvers: readonly { name: string; email: string }[],
  occasion: 'request' | 'reminder',
  tools: Tools<'mail' | 'store' | 'links' | 'random'>,
): Promise<{ sent: number; failures: string[] }> {
  const invited = approvers.map((approver) => ({ ...approver, handle: newHandle(tools.random.bytes) }));
  await storeLinks(request, invited, tools.store);
  const results = await Promise.allSettled(
    invited.map(({ name, email, handle }) => {
      const link = `${tools.links.approvalBaseUrl}/approvals/${handle}`;
      const { subject, text, html } = approvalMail(request, name, link, occasion, tools.config);
      return tools.mail.ses.send(
        new SendEmailCommand({
          FromEmailAddress: tools.config.approval.sender,
          Destination: { ToAddresses: [email] },
          Content: {
            Simple: { Subject: { Data: subject }, Body: { Text: { Data: text }, Html: { Data: html } } },
          },
        }),
      );
    }),
  );
  const failures = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`${invited[i]?.name}: ${errorName(result.reason)}`] : [],
  );
  return { sent: results.length - failures.length, failures };
}

// Only the name: an error's message may quote the request, and with it the link.
const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'failed');
