import { randomBytes } from 'node:crypto';
import type { HttpAnswer, Resources } from '../lambda/context.ts';
import { environmentVariable } from './environment.ts';

/** The resources that need no AWS client: HTTP, randomness and links. */

const smallBody = 2048;

async function ask(
  url: string,
  timeoutMilliseconds: number,
  largestBody: number,
  init: RequestInit,
): Promise<HttpAnswer> {
  const started = performance.now();
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  const response = await fetch(url, { ...init, signal, redirect: 'manual' });
  const body = await bodyOf(response, largestBody);
  const retryAfter = response.headers.get('retry-after');
  return {
    status: response.status,
    latencyMilliseconds: performance.now() - started,
    ...body,
    ...(retryAfter === null ? {} : { retryAfter }),
  };
}

/**
 * No more of a body is read, or unpacked, than anybody asked for: one that never ends, or a small one of gzip that becomes
 * a gigabyte, must not take the function that reads it down.
 */
async function bodyOf({ body }: Response, largest: number): Promise<Pick<HttpAnswer, 'body' | 'truncated'>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels what has not come yet.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > largest) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, largest));
  return { body: text, ...(size > largest ? { truncated: true } : {}) };
}

export const http = (): Resources['http'] => ({
  get: (url, timeoutMilliseconds, largestBody = smallBody) => ask(url, timeoutMilliseconds, largestBody, {}),
  post: (url, body, timeoutMilliseconds) =>
    ask(url, timeoutMilliseconds, smallBody, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
});

export const random = (): Resources['random'] => ({ bytes: (count) => randomBytes(count) });

export const links = (): Resources['links'] => ({
  approvalBaseUrl: environmentVariable('APPROVAL_BASE_URL'),
});

export const machine = (): Resources['machine'] => ({ arn: environmentVariable('STATE_MACHINE_ARN') });

/** Lambda's own variable: each deployment of changed code or configuration has a version of its own. */
export const version = (): Resources['version'] => ({
  name: environmentVariable('AWS_LAMBDA_FUNCTION_VERSION'),
});
