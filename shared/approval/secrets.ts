import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What makes an approval link hard to guess, to forge and to learn from the store. Pure. */

const handleBytes = 32;

/** A new opaque link handle: 256 random bits. */
export const newHandle = (bytes: (count: number) => Uint8Array): string =>
  Buffer.from(bytes(handleBytes)).toString('base64url');

/** What the store and the counters keep of a handle or an address: who can read the table cannot decide. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The anti-forgery value of a page: derived from the handle, so it needs no storage and no cookie. */
export const antiForgery = (handle: string, id: string): string =>
  createHmac('sha256', handle).update(`decide ${id}`).digest('base64url');

/** Compares in constant time; different lengths are simply different. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

const digest = (text: string) => createHash('sha256').update(text).digest();
