import { LimitReachedError } from '../core/errors.ts';

/** A record as it is stored: its body went through JSON, so it is a copy that nobody else holds. */
export interface StoredRecord {
  /** 1 after the first write, one more with each write. */
  version: number;
  body: unknown;
}

export interface WriteOptions {
  /** The version that must be stored now; `absent`: no record must exist. */
  expected: number | 'absent';
  /** From this moment (rounded up to a second) the record counts as absent. Without it the record stays. */
  expiresAt?: Date;
}

/**
 * Everything that must survive a function: locks, snapshots, approvals. The one port to stored state; all that decides
 * on top of it is pure.
 */
export interface RecordStore {
  /** Strongly consistent; an expired record is `undefined`. */
  read(key: string): Promise<StoredRecord | undefined>;
  /**
   * Conditional write: stores the body as version expected + 1 (1 when absent) and resolves to true, or resolves to
   * false when another version is stored. A write whose answer was lost may be repeated: where exactly its body is
   * stored as exactly its version, it resolves to true. So a body that means ownership must name its owner.
   * @throws LimitReachedError when the record exceeds DynamoDB's item size.
   */
  write(key: string, body: unknown, options: WriteOptions): Promise<boolean>;
}

/** DynamoDB's limit for one item, names and values together, in bytes. */
const itemLimit = 400 * 1024;
/** Room for the attribute names, the version and the expiry. */
const overhead = 100;

/**
 * The body as the string that is stored; the same for both implementations.
 * @throws LimitReachedError when the record exceeds DynamoDB's item size.
 */
export function encodeBody(key: string, body: unknown): string {
  const text = JSON.stringify(body) ?? 'null';
  const size = Buffer.byteLength(text) + Buffer.byteLength(key) + overhead;
  if (size > itemLimit) {
    throw new LimitReachedError(
      `record ${key}: ${size} bytes exceed DynamoDB's item limit of ${itemLimit} bytes`,
    );
  }
  return text;
}

/** DynamoDB's TTL counts whole seconds; rounded up, so that a record never expires before it was meant to. */
export const expirySeconds = (expiresAt: Date): number => Math.ceil(expiresAt.getTime() / 1000);
