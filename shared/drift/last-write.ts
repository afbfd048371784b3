import * as v from 'valibot';
import { datetime, int, parse } from '../core/schema.ts';
import type { Incident } from '../document/incident.ts';
import { Bounds, CpuPolicy, RestoreTo } from '../document/settings.ts';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';

/**
 * What this product last wrote to a service in an incident. On the way back, a setting that is neither this nor the
 * snapshot's was changed by a person, and is not restored (invariant 10).
 */
export const LastWrite = v.object({
  desired: v.optional(int),
  /** When the count was written: ECS may show an older one for a while. */
  desiredAt: v.optional(datetime),
  bounds: v.optional(Bounds),
  cpuPolicy: v.optional(CpuPolicy),
  /** What a person set between two runs of the incident, before the later one wrote over it. */
  restoreTo: v.optional(RestoreTo),
});
export type LastWrite = v.InferOutput<typeof LastWrite>;

const lastWriteKey = (incidentId: string) => `written/${incidentId}`;

/** What was last written in this incident; empty before the first write. */
export async function readLastWrite(incident: Incident | undefined, store: RecordStore): Promise<LastWrite> {
  const stored = incident && (await store.read(lastWriteKey(incident.id)));
  return stored ? parse(LastWrite, stored.body) : {};
}

/**
 * Notes what was written, also when it was there already: the call that wrote it may have died before its note.
 * @throws WriteConflictError when others note without end.
 */
export async function noteLastWrite(
  incident: Incident,
  { desired, desiredAt, bounds, cpuPolicy, restoreTo }: LastWrite,
  store: RecordStore,
): Promise<void> {
  await updateRecord(store, { key: lastWriteKey(incident.id), schema: LastWrite }, (present) => ({
    record: {
      ...present,
      ...(desired === undefined ? {} : { desired }),
      ...(desiredAt === undefined ? {} : { desiredAt }),
      ...(bounds === undefined ? {} : { bounds }),
      ...(cpuPolicy === undefined ? {} : { cpuPolicy }),
      ...(restoreTo === undefined ? {} : { restoreTo }),
    },
  }));
}
