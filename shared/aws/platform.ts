import { randomBytes } from 'node:crypto';
import type { Resources } from '../tools.ts';
import { environmentVariable } from './environment.ts';

/** The resources that need no AWS client: HTTP, randomness and links. */

export const http = (): Resources['http'] => ({
  async get(url, timeoutMilliseconds) {
    const started = performance.now();
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMilliseconds),
      redirect: 'manual',
    });
    const body = (await response.text()).slice(0, 2048);
    return { status: response.status, latencyMilliseconds: performance.now() - started, body };
  },
});

export const random = (): Resources['random'] => ({ bytes: (count) => randomBytes(count) });

export const links = (): Resources['links'] => ({
  approvalBaseUrl: environmentVariable('APPROVAL_BASE_URL'),
});
