import { approvalLink, request, type Visitor } from '../../sandbox/approver.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Who opens approval links without being asked; neither may ever decide anything. Addresses are for documentation only. */
export const scanner: Visitor = { requestId: 'scanner', sourceIp: '203.0.113.7' };
export const forger: Visitor = { requestId: 'forger', sourceIp: '203.0.113.66' };
/** An approver who opens a link again after it was used. */
const again: Visitor = { requestId: 'again', sourceIp: '127.0.0.1' };

const secondUseMilliseconds = 30_000;

/**
 * Visits every approval link as soon as it is mailed: a mail scanner that opens it and sends its form as it stands, and a
 * forger who has seen the link but not its page. Later the link is used once more. Call it at intervals of virtual time.
 */
export function visitors(sandbox: Sandbox): () => Promise<void> {
  const visited = new Set<string>();
  const used = new Set<string>();
  return async () => {
    for (const { text, at } of sandbox.aws.mailbox) {
      const handle = approvalLink(text)?.split('/').at(-1);
      if (handle === undefined) continue;
      if (!visited.has(handle)) {
        visited.add(handle);
        await scan(sandbox, handle);
        await forge(sandbox, handle);
      }
      if (!used.has(handle) && sandbox.time.now() > at + lateEnough(sandbox) + secondUseMilliseconds) {
        used.add(handle);
        await visit(sandbox, 'GET', handle, undefined, again);
      }
    }
  };
}

/** By then every approver of the generated incidents has answered. */
const lateEnough = ({ config }: Sandbox) => (config.approval.expiresAfterSeconds * 1000) / 3;

/** Opens the page, and sends its form without what a person would type. */
async function scan(sandbox: Sandbox, handle: string): Promise<void> {
  await visit(sandbox, 'HEAD', handle, undefined, scanner);
  const page = await visit(sandbox, 'GET', handle, undefined, scanner);
  const check = /name="check" value="([^"]*)"/.exec(page)?.[1] ?? '';
  await visit(sandbox, 'POST', handle, { check, decision: 'approved', reason: '' }, scanner);
}

/** Sends a whole form to the link, but without the page's own value; and tries a link of its own. */
async function forge(sandbox: Sandbox, handle: string): Promise<void> {
  const form = { check: '', decision: 'approved', reason: 'Looks good.' };
  await visit(sandbox, 'POST', handle, form, forger);
  await visit(sandbox, 'POST', `${handle.slice(0, -1)}${handle.endsWith('A') ? 'B' : 'A'}`, form, forger);
}

/** What the page says; nothing when the function itself failed, as every function may. */
async function visit(
  sandbox: Sandbox,
  method: string,
  handle: string,
  form: Record<string, string> | undefined,
  visitor: Visitor,
): Promise<string> {
  const body = form && new URLSearchParams(form).toString();
  try {
    return (await request(sandbox, method, handle, body, visitor)).body;
  } catch {
    return '';
  }
}
