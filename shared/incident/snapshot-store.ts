import { parse } from '../core/schema.ts';
import type { Incident, SnapshotReference } from '../document/incident.ts';
import type { RecordStore } from '../store/record-store.ts';
import { writeAndReadBack } from '../store/update-record.ts';
import { updateServiceRecord } from './service-record.ts';
import { Snapshot, snapshotKey } from './snapshot.ts';

/**
 * Stores an incident's snapshot, unless there is one already: a later run of the same incident must not take the
 * scaled-out state for the normal one. Returns what is stored.
 */
export async function storeSnapshot(
  incident: Incident,
  snapshot: Snapshot,
  store: RecordStore,
): Promise<SnapshotReference> {
  const key = snapshotKey(incident.id);
  await writeAndReadBack(store, key, snapshot, { expected: 'absent' });
  const stored = await readStored(incident, store);
  if (!stored) throw new Error(`snapshot ${key} was written but cannot be read`);
  await updateServiceRecord(incident, store, (record) => ({ ...record, snapshotStored: true }));
  return { key, takenAt: stored.takenAt };
}

/** The incident's snapshot, if one was taken, and taken of settings that one can go back to. */
export async function readSnapshot(incident: Incident, store: RecordStore): Promise<Snapshot | undefined> {
  const stored = await readStored(incident, store);
  return stored?.leftRaised ? undefined : stored;
}

async function readStored(incident: Incident, store: RecordStore): Promise<Snapshot | undefined> {
  const stored = await store.read(snapshotKey(incident.id));
  return stored && parse(Snapshot, stored.body);
}
