import { gunzipSync } from 'node:zlib';

/** A request's body as the HTTP API hands it over. */
export interface SentBody {
  body: string;
  isBase64Encoded: boolean;
  /** Header `content-encoding`. */
  encoding: string | undefined;
}

type Refused = { status: 400 | 413 | 415; error: string };

/** Bytes: all that Lambda can be handed in one call. Source: Lambda quotas, invocation payload. */
export const largestMessage = 6 * 1024 * 1024;

const tooLarge: Refused = { status: 413, error: `the message is larger than ${largestMessage} bytes` };

/**
 * The text of a body, as it came or compressed with gzip; no more of it is unpacked than a message may hold.
 * Pure.
 */
export function messageText({ body, isBase64Encoded, encoding = 'identity' }: SentBody): string | Refused {
  if (Buffer.byteLength(body) > largestMessage) return tooLarge;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const named = encoding.trim().toLowerCase();
  if (named === 'identity' || named === '') return bytes.toString('utf8');
  if (named !== 'gzip' && named !== 'x-gzip') {
    return { status: 415, error: 'content-encoding: must be gzip or identity' };
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: largestMessage }).toString('utf8');
  } catch (error) {
    const bomb = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return bomb ? tooLarge : { status: 400, error: 'the message is not gzip' };
  }
}
