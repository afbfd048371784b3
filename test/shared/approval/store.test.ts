import { beforeEach, describe, expect, it } from '@jest/globals';
import { findApproval, storeLinks } from '../../../shared/approval/links.ts';
import { isWithinLimit } from '../../../shared/approval/rate-limit.ts';
import {
  currentApproval,
  isReplaced,
  markApproval,
  readApproval,
  readTaskToken,
  recordDecision,
  storeApproval,
} from '../../../shared/approval/store.ts';
import { WriteConflictError } from '../../../shared/core/errors.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { approvalRequest } from '../../support/approvals.ts';
import { now, secondsLater } from '../../support/builders.ts';
import { unanswered } from '../../support/unanswered.ts';

const [first, second] = [approvalRequest(), approvalRequest({ id: 'incident-1-2-2' })];
const answer = { decision: 'approved', reason: 'calm', requestId: 'r-1' } as const;
const names = ['Bolt', 'Infrastructure'];
const decision = { ...answer, by: 'Bolt', at: now };

let store: RecordStore;
beforeEach(() => {
  store = memoryRecordStore({ now: () => new Date(now) });
});
const found = async (id = first.id, approver = 'Bolt') => {
  const read = await readApproval(id, store);
  if (!read) throw new Error(`${id} is not stored`);
  return { approver, ...read };
};

/** A store that is always a moment too late to write. */
function crowded() {
  const count = { writes: 0 };
  const late: RecordStore = {
    read: (key) => store.read(key),
    async write() {
      count.writes++;
      return false;
    },
  };
  return { count, late };
}

describe('stored requests', () => {
  it('are kept apart, each with its token; the newest of an incident is the current one', async () => {
    await storeApproval(first, 'token-1', store);
    expect(await isReplaced(first, store)).toBe(false);
    await storeApproval(second, 'token-2', store);

    expect((await found(first.id)).request).toEqual(first);
    expect((await found(second.id)).request).toEqual(second);
    expect(await readTaskToken(first.id, store)).toBe('token-1');
    expect(await readTaskToken(second.id, store)).toBe('token-2');
    expect(await currentApproval('incident-1', store)).toEqual(second);
    expect([await isReplaced(first, store), await isReplaced(second, store)]).toEqual([true, false]);
  });

  it('are unknown once they are gone, though their incident still names one', async () => {
    await storeApproval(first, 'token-1', store);
    const read = async (key: string) => (key.endsWith(first.id) ? undefined : store.read(key));
    expect(await currentApproval('incident-1', { ...store, read })).toBeUndefined();
  });

  it('are unknown before they are stored', async () => {
    expect(await readApproval(first.id, store)).toBeUndefined();
    expect(await readTaskToken(first.id, store)).toBeUndefined();
    expect(await currentApproval('incident-1', store)).toBeUndefined();
    expect(await isReplaced(first, store)).toBe(false);
  });

  it('keep their decision when they are stored again, to be delivered with the new token', async () => {
    await storeApproval(first, 'token-1', store);
    await recordDecision(await found(), answer, names, new Date(now), store);
    await markApproval(first.id, { delivered: true, late: true }, store);
    await storeApproval(first, 'token-2', store);

    expect((await found()).request).toEqual({ ...first, decisions: [decision] });
    expect(await readTaskToken(first.id, store)).toBe('token-2');
  });

  it('can be shown for thirty days after their expiry', async () => {
    let present = now;
    store = memoryRecordStore({ now: () => new Date(present) });
    await storeApproval(first, 'token-1', store);
    await storeLinks(first, [{ handle: 'h', name: 'Bolt', email: 'bolt@example.com' }], store);
    present = secondsLater(30 * 86_400 - 1, first.expiresAt);
    expect(await findApproval('h', store)).toMatchObject({ approver: 'Bolt', request: first, version: 1 });
    present = secondsLater(30 * 86_400, first.expiresAt);
    expect(await findApproval('h', store)).toBeUndefined();
  });

  it('have their links also where the answers to the writes were lost', async () => {
    await storeLinks(first, [{ handle: 'h', name: 'Bolt', email: 'bolt@example.com' }], unanswered(store));
    await storeApproval(first, 'token-1', unanswered(store));
    expect(await findApproval('h', store)).toMatchObject({ approver: 'Bolt', request: first });
  });

  it('are found by a handle of theirs only, and not once they are gone', async () => {
    await storeLinks(first, [{ handle: 'h', name: 'Bolt', email: 'bolt@example.com' }], store);
    expect(await findApproval('h', store)).toBeUndefined();
    await storeApproval(first, 'token-1', store);
    expect(await findApproval('h', store)).toMatchObject({ approver: 'Bolt' });
    expect(await findApproval('H', store)).toBeUndefined();
  });
});

describe('an answer', () => {
  it('is recorded with who and when', async () => {
    await storeApproval(first, 'token-1', store);
    const request = { ...first, decisions: [decision] };

    expect(await recordDecision(await found(), answer, names, new Date(now), store)).toEqual({
      won: true,
      request,
    });
    expect((await found()).request).toEqual(request);
  });

  it('of the same person counts once, also while others are waited for', async () => {
    await storeApproval({ ...first, needed: 2 }, 'token-1', store);
    const [one, other] = [await found(), await found()];
    const again = { ...answer, requestId: 'r-2' };

    expect(await recordDecision(one, answer, names, new Date(now), store)).toMatchObject({ won: true });
    expect(await recordDecision(other, again, names, new Date(now), store)).toMatchObject({ won: false });
    expect(await recordDecision(await found(), again, names, new Date(now), store)).toMatchObject({
      won: false,
    });
    expect((await found()).request.decisions).toEqual([decision]);
  });

  it('of another person counts, though both looked at the same moment', async () => {
    await storeApproval({ ...first, needed: 2 }, 'token-1', store);
    const [one, other] = [await found(), await found(first.id, 'Infrastructure')];
    await recordDecision(one, answer, names, new Date(now), store);

    expect(await recordDecision(other, answer, names, new Date(now), store)).toMatchObject({
      won: true,
      request: { decisions: [{ by: 'Bolt' }, { by: 'Infrastructure' }] },
    });
  });

  it('is an error when it cannot be stored, after five attempts', async () => {
    await storeApproval(first, 'token-1', store);
    const { count, late } = crowded();
    await expect(recordDecision(await found(), answer, names, new Date(now), late)).rejects.toThrow(
      WriteConflictError,
    );
    expect(count.writes).toBe(5);
  });

  it('is an error when its request is gone', async () => {
    await storeApproval(first, 'token-1', store);
    const { count, late } = crowded();
    const gone: RecordStore = { ...late, read: async () => undefined };
    await expect(recordDecision(await found(), answer, names, new Date(now), gone)).rejects.toThrow(
      'is gone',
    );
    expect(count.writes).toBe(1);
  });
});

describe('what many change at once', () => {
  it('is given up after five attempts, without the token', async () => {
    const { count, late } = crowded();
    await expect(storeApproval(first, 'token-1', late)).rejects.toThrow(
      'record approval-token/incident-1-2-1 was changed by others 5 times in a row',
    );
    expect(count.writes).toBe(5);
  });

  it('is left as it is, which whoever wanted to mark it learns, after five attempts', async () => {
    await storeApproval(first, 'token-1', store);
    const { count, late } = crowded();
    await expect(markApproval(first.id, { reminded: true }, late)).rejects.toThrow(WriteConflictError);
    expect(count.writes).toBe(5);
    expect((await found()).request.reminded).toBe(false);
  });

  it('gets no mark where there is no request', async () => {
    const { count, late } = crowded();
    await markApproval('unknown', { reminded: true }, late);
    expect(count.writes).toBe(0);
  });

  it('counts as too many requests when it cannot be counted', async () => {
    const { count, late } = crowded();
    expect(await isWithinLimit('handle', 'h', 'r', new Date(now), late)).toBe(false);
    expect(count.writes).toBe(5);
  });

  it('counts two requests at the same moment as two, and each handle by itself', async () => {
    const ask = (handle: string, id: string) => isWithinLimit('handle', handle, id, new Date(now), store);
    const all = await Promise.all(Array.from({ length: 4 }, (_, id) => ask('2001:db8::1', `r-${id}`)));
    expect(all).toEqual([true, true, true, true]);
    for (let id = 4; id < 30; id++) expect(await ask('2001:db8::1', `r-${id}`)).toBe(true);
    expect(await ask('2001:db8::1', 'r-31')).toBe(false);
    expect(await ask('2001:db8::2', 'r-32')).toBe(true);
  });
});
