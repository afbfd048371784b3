import * as v from 'valibot';
import { keyOf } from '../config/packaged.ts';
import { datetime, parse } from '../core/schema.ts';
import type { Incident } from '../document/incident.ts';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';

/** A policy that a run has set, or was about to: noted before CONFIG SET, kept until it is given back. */
const HeldPolicy = v.object({
  /** The cache's address. */
  place: v.string(),
  /** The snapshot: what it was. */
  from: v.string(),
  to: v.string(),
  at: datetime,
  incidentId: v.string(),
});
export type HeldPolicy = v.InferOutput<typeof HeldPolicy>;

const HeldCache = v.object({ policy: v.optional(HeldPolicy) });

/** By the service and not by its incident: the policy stays in force when the incident is over. */
const heldKey = ({ service }: Pick<Incident, 'service'>) => `cache/${service.cluster}/${keyOf(service)}`;

/** The policy that is to be given back; undefined where none is. */
export async function readHeldPolicy(
  incident: Pick<Incident, 'service'>,
  store: RecordStore,
): Promise<HeldPolicy | undefined> {
  const stored = await store.read(heldKey(incident));
  return stored && parse(HeldCache, stored.body).policy;
}

/**
 * Notes what is about to be set, or that nothing has to be given back any more. What is noted already of the same change
 * stays, with its time.
 * @throws WriteConflictError when others note without end.
 */
export async function notePolicy(
  incident: Pick<Incident, 'service'>,
  policy: HeldPolicy | undefined,
  store: RecordStore,
): Promise<void> {
  await updateRecord(store, { key: heldKey(incident), schema: HeldCache }, (present) => {
    const held = present?.policy;
    const same =
      held === policy ||
      (held && policy && held.from === policy.from && held.to === policy.to && held.place === policy.place);
    return same ? {} : { record: policy ? { policy } : {} };
  });
}
