import type { Sandbox } from './sandbox.ts';

/** Where the approvers find their mails, and the function that their browsers talk to. */
interface Surroundings {
  aws: { mailbox: readonly { at: number; text: string }[] };
  time: { now(): number };
  functions: Sandbox['functions'];
}

/** How the simulated approver answers; `ask` leaves it to a person. */
export type ApproverAnswer = 'yes' | 'no' | 'never' | 'ask';

/** Seconds after which the approver has read the mail. */
const readingSeconds = 120;

/**
 * The simulated approvers: each opens their approval mail, reads the page and posts its form, as a browser would. Call it
 * at intervals of virtual time.
 */
export function simulatedApprover(sandbox: Surroundings, answer: ApproverAnswer): () => Promise<void> {
  const answered = new Set<string>();
  return async () => {
    if (answer === 'never' || answer === 'ask') return;
    for (const mail of sandbox.aws.mailbox) {
      const link = approvalLink(mail.text);
      if (!link || answered.has(link) || sandbox.time.now() < mail.at + readingSeconds * 1000) continue;
      answered.add(link);
      await give(sandbox, link, answer);
    }
  };
}

/** The link of an approval mail, if it is one. */
export const approvalLink = (text: string): string | undefined =>
  /https?:\/\/\S+\/approvals\/\S+/.exec(text)?.[0];

/** What they write as their reason: for the way back, and for what is done to a cache. */
const ofScaleIn = {
  yes: 'Traffic is back to normal and every metric is ok.',
  no: 'A campaign starts soon; keep the capacity.',
};
const ofRelief = {
  yes: 'The service needs its cache, and can do without these keys.',
  no: 'Not at this hour; the database is busy enough.',
};

async function give(sandbox: Surroundings, link: string, answer: 'yes' | 'no'): Promise<void> {
  const handle = link.split('/').at(-1) ?? '';
  const shown = await request(sandbox, 'GET', handle);
  // Decided by somebody else meanwhile: the page has no form any more.
  if (!shown.body.includes('<form')) return;
  const check = /name="check" value="([^"]*)"/.exec(shown.body)?.[1] ?? '';
  const { yes, no } = shown.body.includes('Approve scale-in') ? ofScaleIn : ofRelief;
  const reason = answer === 'yes' ? yes : no;
  const decision = answer === 'yes' ? 'approved' : 'rejected';
  await request(sandbox, 'POST', handle, new URLSearchParams({ check, reason, decision }).toString());
}

/** Who sends a request, as the HTTP API tells it. */
export interface Visitor {
  requestId: string;
  sourceIp: string;
}

const browser: Visitor = { requestId: 'browser', sourceIp: '127.0.0.1' };

/** One request to the approval function, in the payload format of an HTTP API. */
export async function request(
  sandbox: Pick<Sandbox, 'functions'>,
  method: string,
  handle: string,
  body?: string,
  { requestId, sourceIp }: Visitor = browser,
): Promise<{ statusCode: number; headers: Record<string, string>; body: string }> {
  const event = {
    version: '2.0',
    requestContext: { requestId, http: { method, sourceIp } },
    headers: body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
    pathParameters: { handle },
    ...(body === undefined ? {} : { body, isBase64Encoded: false }),
  };
  const approval = sandbox.functions.approval;
  const answered = await approval?.(event, {
    functionName: 'emergency-scaling-approval',
    awsRequestId: requestId,
  });
  return answered as { statusCode: number; headers: Record<string, string>; body: string };
}
