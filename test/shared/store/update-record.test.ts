import { beforeEach, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { InvalidInputError, WriteConflictError } from '../../../shared/core/errors.ts';
import { int } from '../../../shared/core/schema.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { leftOutWhereContested, updateRecord } from '../../../shared/store/update-record.ts';
import { unanswered } from '../../support/unanswered.ts';

const start = Date.parse('2026-10-02T17:00:00Z');
const key = 'counter/api';
const schema = v.object({ count: int });
const up = (present: { count: number } | undefined) => ({ record: { count: (present?.count ?? 0) + 1 } });

let now = start;
let store: RecordStore;
beforeEach(async () => {
  now = start;
  store = memoryRecordStore({ now: () => new Date(now) });
});
const stored = async () => (await store.read(key))?.body;
const put = (count: number, expected: number | 'absent') => store.write(key, { count }, { expected });

/** Somebody else writes a moment before, so many times. */
function contested(times: number) {
  const calls = { reads: 0, writes: 0 };
  const behind: RecordStore = {
    read: (name) => {
      calls.reads++;
      return store.read(name);
    },
    async write(name, body, options) {
      if (++calls.writes <= times) await put(100 * calls.writes, options.expected);
      return store.write(name, body, options);
    },
  };
  return { calls, behind };
}

describe('a record that is updated', () => {
  it('is made where there is none, and changed where there is one', async () => {
    expect(await updateRecord(store, { key, schema }, up)).toEqual({ record: { count: 1 } });
    expect(await updateRecord(store, { key, schema }, up)).toEqual({ record: { count: 2 } });
    expect(await store.read(key)).toEqual({ version: 2, body: { count: 2 } });
  });

  it('is given with its version, 0 where there is none', async () => {
    const versions: number[] = [];
    const change = (present: { count: number } | undefined, version: number) => {
      versions.push(version);
      return up(present);
    };
    await updateRecord(store, { key, schema }, change);
    await updateRecord(store, { key, schema }, change);
    expect(versions).toEqual([0, 1]);
  });

  it('stays as it is where the answer holds none, and the answer is passed on', async () => {
    await put(7, 'absent');
    const { calls, behind } = contested(0);
    const answer: { record?: { count: number }; why: string } = { why: 'enough' };
    expect(await updateRecord(behind, { key, schema }, async () => answer)).toBe(answer);
    expect(calls).toEqual({ reads: 1, writes: 0 });
    expect(await store.read(key)).toEqual({ version: 1, body: { count: 7 } });
  });

  it('is changed from what others wrote meanwhile', async () => {
    const { calls, behind } = contested(4);
    expect(await updateRecord(behind, { key, schema }, up)).toEqual({ record: { count: 401 } });
    expect(calls).toEqual({ reads: 5, writes: 5 });
    expect(await stored()).toEqual({ count: 401 });
  });

  it('is not read again at first where the caller has read it, but is after a conflict', async () => {
    await put(7, 'absent');
    const seen = { version: 1, body: { count: 7 } };
    const { calls, behind } = contested(0);
    expect(await updateRecord(behind, { key, schema, seen }, up)).toEqual({ record: { count: 8 } });
    expect(calls).toEqual({ reads: 0, writes: 1 });

    await put(20, 2);
    expect(await updateRecord(behind, { key, schema, seen }, up)).toEqual({ record: { count: 21 } });
    expect(calls).toEqual({ reads: 1, writes: 3 });
  });

  it('expires when it is told to, and otherwise stays', async () => {
    await updateRecord(store, { key, schema, expiresAt: new Date(start + 60_000) }, up);
    now = start + 60_000;
    expect(await stored()).toBeUndefined();
    await updateRecord(store, { key, schema }, up);
    now = start + 86_400_000;
    expect(await stored()).toEqual({ count: 1 });
  });
});

describe('an update that fails', () => {
  it('is given up after five conflicts in a row, and says which record, and that nothing was written', async () => {
    const { calls, behind } = contested(5);
    await expect(updateRecord(behind, { key, schema }, up)).rejects.toThrow(
      new WriteConflictError(
        'record counter/api was changed by others 5 times in a row; nothing was written to it',
      ),
    );
    expect(calls).toEqual({ reads: 5, writes: 5 });
    expect(await stored()).toEqual({ count: 500 });
  });

  it('ends at once with what the change throws', async () => {
    const { calls, behind } = contested(0);
    const refuse = () => {
      throw new Error('not mine');
    };
    await expect(updateRecord(behind, { key, schema }, refuse)).rejects.toThrow('not mine');
    expect(calls).toEqual({ reads: 1, writes: 0 });
  });

  it('is none where the record, read back, shows that the write took effect', async () => {
    const behind = unanswered(store);
    expect(await updateRecord(behind, { key, schema }, up)).toEqual({ record: { count: 1 } });
    expect(await updateRecord(behind, { key, schema }, up)).toEqual({ record: { count: 2 } });
    expect(await store.read(key)).toEqual({ version: 2, body: { count: 2 } });
  });

  it.each<[string, (write: () => Promise<boolean>) => Promise<unknown>]>([
    ['it did not', async () => undefined],
    ['somebody else wrote', () => put(9, 'absent')],
    ['somebody wrote the same later', async () => [await put(9, 'absent'), await put(1, 1)]],
  ])('is one where %s', async (_, effect) => {
    const outcome = updateRecord(unanswered(store, effect), { key, schema }, up);
    await expect(outcome).rejects.toThrow('no answer');
  });

  it('is one where the record cannot be read back', async () => {
    let reads = 0;
    const read = async (name: string) => {
      if (++reads > 1) throw new Error('unread');
      return store.read(name);
    };
    const outcome = updateRecord({ ...unanswered(store), read }, { key, schema }, up);
    await expect(outcome).rejects.toThrow('no answer');
    expect(reads).toBe(2);
  });

  it('does not touch a record of another shape', async () => {
    await store.write(key, { count: 'many' }, { expected: 'absent' });
    await expect(updateRecord(store, { key, schema }, up)).rejects.toThrow(InvalidInputError);
    expect(await stored()).toEqual({ count: 'many' });
  });

  it('may be left out at a conflict, and at nothing else', () => {
    expect(leftOutWhereContested(new WriteConflictError('taken'))).toEqual({});
    expect(() => leftOutWhereContested(new Error('down'))).toThrow('down');
  });
});
