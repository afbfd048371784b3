import { z } from 'zod';
import { approvalLink } from '../../sandbox/approver.ts';
import { defaultPlace } from '../../sandbox/place.ts';
import { type Answer, open } from './browser.ts';

const Mailbox = z.object({
  messages: z.record(
    z.string(),
    z.array(z.object({ To: z.array(z.string()), Subject: z.string(), BodyText: z.string() })),
  ),
});

/** An approval mail. */
export interface ApprovalMail {
  to: string;
  link: string;
}

/** The approval mails of a service that the emulator's SES has taken, the oldest first. */
export async function approvalMails(ministackUrl: string, service: string): Promise<ApprovalMail[]> {
  const answer = await fetch(`${ministackUrl}/_ministack/ses/messages`);
  const { messages } = Mailbox.parse(await answer.json());
  return (messages[defaultPlace.account] ?? []).flatMap(({ To, Subject, BodyText }) => {
    const link = Subject.includes(service) ? approvalLink(BodyText) : undefined;
    return link ? To.map((to) => ({ to, link })) : [];
  });
}

/** What an approver saw when they opened their link, and after they had decided. */
export interface Decided {
  page: Answer;
  answer: Answer;
}

/** Opens the link, and posts the form of its page as a browser would. @throws Error where the page has no form */
export async function decide(
  link: string,
  decision: 'approved' | 'rejected',
  reason: string,
): Promise<Decided> {
  const page = await open(link);
  const check = /name="check" value="([^"]*)"/.exec(page.body)?.[1];
  if (check === undefined) throw new Error(`no form at ${link}: ${page.status} ${page.body}`);
  const body = new URLSearchParams({ check, reason, decision }).toString();
  const answer = await open(link, { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  return { page, answer };
}

/** A page's heading. */
export const heading = ({ body }: Answer): string | undefined => /<h1[^>]*>([^<]*)</.exec(body)?.[1];
