import { tryParse } from '../../shared/core/schema.ts';
import { ServiceRecord } from '../../shared/incident/service-record.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import type { Recording } from './recording.ts';

/** What the store of records holds, for looking at it without asking, and what it held over time. */
export interface Mirror {
  /** The same store; each of its writes is noted. */
  around(store: RecordStore): RecordStore;
  /** The body of a record now. */
  body(key: string): unknown;
  /** The service's lock now. */
  lock(): ServiceRecord | undefined;
  /** The approval requests as they are stored now. */
  requests(): unknown[];
  readonly locks: Recording['locks'][number][];
  readonly snapshots: Recording['snapshots'][number][];
  /** Every version of every approval request. */
  readonly approvals: Recording['approvals'][number][];
}

const isApproval = (key: string) => /^approval\/(?!current)/.test(key);

/** Mirrors the records of an incident; the lock is the record under `lockKey`. */
export function createMirror(lockKey: string, now: () => number): Mirror {
  const stored = new Map<string, unknown>();
  const locks: Mirror['locks'] = [];
  const snapshots: Mirror['snapshots'] = [];
  const approvals: Mirror['approvals'] = [];
  const lock = () => tryParse(ServiceRecord, stored.get(lockKey));

  const note = (key: string, body: unknown) => {
    stored.set(key, structuredClone(body));
    const record = key === lockKey ? lock() : undefined;
    if (record) locks.push({ at: now(), record });
    if (key.startsWith('snapshot/')) snapshots.push({ at: now(), key, body: structuredClone(body) });
    if (isApproval(key)) approvals.push({ at: now(), key, body: structuredClone(body) });
  };

  return {
    around: (store) => ({
      read: (key) => store.read(key),
      async write(key, body, options) {
        const done = await store.write(key, body, options);
        if (done) note(key, body);
        return done;
      },
    }),
    body: (key) => stored.get(key),
    lock,
    requests: () => [...stored].filter(([key]) => isApproval(key)).map(([, body]) => body),
    locks,
    snapshots,
    approvals,
  };
}
