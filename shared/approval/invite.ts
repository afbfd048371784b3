import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { StepContext } from '../lambda/context.ts';
import { storeLinks } from './links.ts';
import { approvalMail } from './mail.ts';
import type { ApprovalRequest } from './request.ts';
import { newHandle } from './secrets.ts';

/** What became of the mails: how many were accepted, whose were not, and why. */
interface Invitation {
  sent: number;
  unreached: string[];
  failures: string[];
}

/** Mails every approver a link of their own. */
export async function inviteApprovers(
  request: ApprovalRequest,
  approvers: readonly { name: string; email: string }[],
  occasion: 'request' | 'reminder',
  context: StepContext<'mail' | 'store' | 'links' | 'random'>,
): Promise<Invitation> {
  const invited = approvers.map((approver) => ({ ...approver, handle: newHandle(context.random.bytes) }));
  await storeLinks(request, invited, context.store);
  const results = await Promise.allSettled(
    invited.map(({ name, email, handle }) => {
      const link = `${context.links.approvalBaseUrl}/approvals/${handle}`;
      const { subject, text, html } = approvalMail(request, name, link, occasion, context.config);
      return context.mail.ses.send(
        new SendEmailCommand({
          FromEmailAddress: context.config.approval.sender,
          Destination: { ToAddresses: [email] },
          Content: {
            Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
          },
        }),
      );
    }),
  );
  const failed = results.flatMap((result, i) =>
    result.status === 'rejected' ? [{ name: invited[i]?.name ?? '', why: whyRefused(result.reason) }] : [],
  );
  return {
    sent: results.length - failed.length,
    unreached: failed.map(({ name }) => name),
    failures: failed.map(({ name, why }) => `${name}: ${why}`),
  };
}

// SES takes text for 7-bit ASCII unless it is told (API_Content).
const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });

/**
 * Only the name, and of SES's own refusals the identity or configuration set that a right is missing for: a message may
 * quote the request, and with it the link.
 */
function whyRefused(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const [refused] =
    /\barn:[\w-]+:ses:[\w-]*:\d*:(identity|configuration-set)\/[\w.@+-]+/.exec(error.message) ?? [];
  return refused ? `${error.name} on ${refused}` : error.name;
}
