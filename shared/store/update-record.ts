import { WriteConflictError } from '../core/errors.ts';
import { canonicalJson } from '../core/hash.ts';
import { parse, type Schema } from '../core/schema.ts';
import type { RecordStore, StoredRecord, WriteOptions } from './record-store.ts';

/** Writers of one record are few: who loses this often in a row meets one that writes without end. */
const attempts = 5;

/** A record that is to be changed. */
export interface RecordToUpdate<Body> {
  key: string;
  schema: Schema<Body>;
  /** What the caller has read already: the first attempt changes this. */
  seen?: StoredRecord;
  expiresAt?: Date;
}

/**
 * The one optimistic write: reads a record, changes it, and writes it on the condition that nobody wrote meanwhile;
 * otherwise once more from the start. `change` gets the body and the version that are stored (undefined and 0 where
 * there is none), and answers with the `record` to write; without one nothing is written. It may be called several
 * times. Resolves to the answer that took effect.
 * @throws WriteConflictError when five attempts in a row came too late; then nothing was written. Whatever `change`
 * throws ends it at once, and nothing was written either. An error of the write itself is thrown where the record, read
 * back, does not show that it took effect.
 */
export async function updateRecord<Body, Answer extends { record?: Body }>(
  store: RecordStore,
  { key, schema, seen, expiresAt }: RecordToUpdate<Body>,
  change: (present: Body | undefined, version: number) => Answer | Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const stored = attempt === 1 && seen ? seen : await store.read(key);
    const answer = await change(stored && parse(schema, stored.body), stored?.version ?? 0);
    const options = { expected: stored?.version ?? ('absent' as const), ...(expiresAt && { expiresAt }) };
    if (answer.record === undefined || (await writeAndReadBack(store, key, answer.record, options)))
      return answer;
  }
  throw new WriteConflictError(
    `record ${key} was changed by others ${attempts} times in a row; nothing was written to it`,
  );
}

/**
 * The store's conditional write. Where it ends with an error, its answer may have been lost: the record is read back, and
 * what took effect is no error.
 */
export async function writeAndReadBack(
  store: RecordStore,
  key: string,
  body: unknown,
  options: WriteOptions,
): Promise<boolean> {
  try {
    return await store.write(key, body, options);
  } catch (error) {
    const stored = await store.read(key).catch(() => undefined);
    const version = options.expected === 'absent' ? 1 : options.expected + 1;
    if (stored?.version === version && canonicalJson(stored.body) === canonicalJson(body)) return true;
    throw error;
  }
}

/** For a write that may be left out: a conflict is no answer, every other error stays one. */
export function leftOutWhereContested(error: unknown): { record?: never } {
  if (error instanceof WriteConflictError) return {};
  throw error;
}
