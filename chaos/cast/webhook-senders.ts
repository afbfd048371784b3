import type { Sandbox } from '../../sandbox/sandbox.ts';
import { largestMessage } from '../../shared/intake/message-body.ts';

/** When they come, virtual milliseconds after the start. */
const afterMilliseconds = 200_000;

const empty = { version: '4', alerts: [] };
/** Made once: as text it is as large as all else that is sent in a play. */
const tooLarge = JSON.stringify({ ...empty, receiver: 'x'.repeat(largestMessage) });

/** Sends messages to the alert webhook that must all be refused: without a token, with a wrong one, and far too large. */
export function webhookSenders(sandbox: Sandbox): () => Promise<void> {
  const start = sandbox.time.now() + afterMilliseconds;
  let sent = false;
  return async () => {
    if (sent || sandbox.time.now() < start) return;
    sent = true;
    const [name = ''] = sandbox.config.alertmanager.tokenSecrets;
    const token = `Bearer sandbox-value-of-${name}`;
    const message = JSON.stringify(empty);
    await send(sandbox, {}, message);
    await send(sandbox, { authorization: 'Bearer 0123456789abcdef0123456789abcdef' }, message);
    await send(sandbox, { authorization: token }, tooLarge);
  };
}

async function send(sandbox: Sandbox, headers: Record<string, string>, body: string): Promise<void> {
  const event = { headers, body, isBase64Encoded: false };
  const context = { functionName: 'emergency-scaling-alert-webhook', awsRequestId: 'sender' };
  // A function that dies has accepted nothing.
  await sandbox.functions['alert-webhook']?.(event, context).catch(() => undefined);
}
