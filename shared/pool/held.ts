import * as v from 'valibot';
import { canonicalJson } from '../core/hash.ts';
import { parse } from '../core/schema.ts';
import type { Incident } from '../document/incident.ts';
import { HeldPool } from '../document/pool-settings.ts';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';

const HeldPools = v.object({ held: v.array(HeldPool) });

const heldKey = (incidentId: string) => `pools/${incidentId}`;

/** What this incident has set in its PgBouncers and has not given back; empty before the first SET. */
export async function readHeld(
  incident: Pick<Incident, 'id'> | undefined,
  store: RecordStore,
): Promise<HeldPool[]> {
  const stored = incident && (await store.read(heldKey(incident.id)));
  return stored ? parse(HeldPools, stored.body).held : [];
}

/**
 * Notes what this incident is about to set, or has given back, and answers with what is noted then.
 * @throws WriteConflictError when others note without end.
 */
export async function noteHeld(
  incident: Pick<Incident, 'id'>,
  store: RecordStore,
  change: (held: readonly HeldPool[]) => HeldPool[],
): Promise<HeldPool[]> {
  const key = heldKey(incident.id);
  const { held } = await updateRecord(store, { key, schema: HeldPools }, (present) => {
    const before = present?.held ?? [];
    const held = change(before);
    return canonicalJson(held) === canonicalJson(before) ? { held } : { held, record: { held } };
  });
  return held;
}
