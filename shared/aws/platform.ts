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
  const text = await response.text();
  return {
    status: response.status,
    latencyMilliseconds: performance.now() - started,
    body: text.slice(0, largestBody),
    ...(text.length > largestBody ? { truncated: true } : {}),
  };
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
