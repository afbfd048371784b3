import * as v from 'valibot';
import type { RecordStore } from '../store/record-store.ts';
import { leftOutWhereContested, updateRecord } from '../store/update-record.ts';
import { fingerprint } from './secrets.ts';

/** Requests a minute: far more than a person and their mail scanner need, far fewer than guessing needs. */
const mostPerMinute = { address: 60, handle: 30 };

/** Only its version counts. */
const Counter = v.object({ requestId: v.string() });

/**
 * Counts a request for a known handle, or one of an address for a handle that is none; false when its share of this minute is used up. Requests
 * that come at the same moment exclude each other, so the version of the counter's record is the count. When it cannot
 * be counted for the crowd, it is too many.
 */
export async function isWithinLimit(
  what: 'address' | 'handle',
  value: string,
  requestId: string,
  now: Date,
  store: RecordStore,
): Promise<boolean> {
  const minute = Math.floor(now.getTime() / 60_000);
  const counted = what === 'address' ? networkOf(value) : value;
  const key = `approval-rate/${what}/${fingerprint(counted)}/${minute}`;
  const expiresAt = new Date((minute + 2) * 60_000);
  const counting = updateRecord(store, { key, schema: Counter, expiresAt }, (_, count) =>
    count >= mostPerMinute[what] ? {} : { record: { requestId } },
  );
  return (await counting.catch(leftOutWhereContested)).record !== undefined;
}

/** Whoever has an IPv6 address has a whole /64 of them: they count as one. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const missing = Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
