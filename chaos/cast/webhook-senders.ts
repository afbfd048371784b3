import { gzipSync } from 'node:zlib';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { largestMessage } from '../../shared/intake/message-body.ts';

/** When they come, virtual milliseconds after the start. */
const afterMilliseconds = 200_000;

const empty = { version: '4', alerts: [] };
/** Made once: as text it is as large as all else that is sent in a play. */
const tooLarge = JSON.stringify({ ...empty, receiver: 'x'.repeat(largestMessage) });

/** The same, packed into a few kilobytes. */
const bomb = gzipSync(tooLarge).toString('base64');

/**
 * Sends messages to the alert webhook that must all be refused: without a token, with a wrong one, and far too large, as
 * they are and packed.
 */
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
    const packed = { 'content-encoding': 'gzip', 'x-unpacked-bytes': String(tooLarge.length) };
    await send(sandbox, { authorization: token, ...packed }, bomb, true);
  };
}

async function send(
  sandbox: Sandbox,
  headers: Record<string, string>,
  body: string,
  isBase64Encoded = false,
): Promise<void> {
  const event = { headers, body, isBase64Encoded };
  const context = { functionName: 'emergency-scaling-alert-webhook', awsRequestId: 'sender' };
  // A function that dies has accepted nothing.
  await sandbox.functions['alert-webhook']?.(event, context).catch(() => undefined);
}
