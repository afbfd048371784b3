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

const HeldCache = v.object({
  policy: v.optional(HeldPolicy),
  /** Hash of the last flush that was about to be sent. */
  flush: v.optional(v.string()),
});

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
 * Notes what is about to be set, or that nothing has to be given back any more. What this incident has noted of the same change
 * stays, with its time.
 * @throws WriteConflictError when others note without end.
 */
export async function notePolicy(
  incident: Pick<Incident, 'service'>,
  policy: HeldPolicy | undefined,
  store: RecordStore,
): Promise<void> {
  await updateRecord(store, { key: heldKey(incident), schema: HeldCache }, (present) => {
    const { policy: held, ...rest } = present ?? {};
    if (held === policy || isSame(held, policy)) return {};
    return { record: { ...rest, ...(policy ? { policy } : {}) } };
  });
}

/** The same change of the same incident. */
const isSame = (held: HeldPolicy | undefined, policy: HeldPolicy | undefined): boolean =>
  held !== undefined &&
  policy !== undefined &&
  held.from === policy.from &&
  held.to === policy.to &&
  held.place === policy.place &&
  held.incidentId === policy.incidentId;

/**
 * Notes that a flush is about to be sent. Resolves to whether it may be: the same one is never sent twice, since the cache fills
 * again meanwhile.
 * @throws WriteConflictError when others note without end.
 */
export async function claimFlush(
  incident: Pick<Incident, 'service'>,
  hash: string,
  store: RecordStore,
): Promise<boolean> {
  const { record } = await updateRecord(store, { key: heldKey(incident), schema: HeldCache }, (present) =>
    present?.flush === hash ? {} : { record: { ...present, flush: hash } },
  );
  return record !== undefined;
}
