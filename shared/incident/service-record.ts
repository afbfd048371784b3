import * as v from 'valibot';
import { keyOf } from '../config/packaged.ts';
import { LockLostError, LockRecordGoneError } from '../core/errors.ts';
import { datetime, int, parse } from '../core/schema.ts';
import type { Incident } from '../document/incident.ts';
import { outcomes } from '../document/outcome.ts';
import { Reason } from '../document/reason.ts';
import { machines } from '../document/request.ts';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';

/** One record per service: who may write to it now, and the incident that is open. */
export const ServiceRecord = v.object({
  lockNumber: int,
  /** ARN of the execution that holds the lock. An execution that has ended holds nothing. */
  owner: v.string(),
  machine: v.picklist(machines),
  /** The scale-in that the present holder has superseded. */
  superseded: v.optional(v.string()),
  incidentId: v.string(),
  /** Open from the first run until the restore is verified: a new run meanwhile goes on with the same snapshot. */
  incidentOpen: v.boolean(),
  snapshotStored: v.boolean(),
  /** When the present holder took the lock. */
  lockedAt: datetime,
  /** Periods of being scaled out without a run that people were told of. */
  mentioned: v.optional(int),
  /** Which call of the watcher told them, so that no two calls write the same body. */
  mentionedBy: v.optional(v.string()),
  /** Alarm events that were handled, newest last: a repeated delivery starts nothing. */
  seenEvents: v.array(v.string()),
  joinedAlerts: v.array(v.string()),
  /** Those of them that joined the present holder's own run. */
  joinedNow: v.optional(v.array(v.string())),
  /** Starts of emergency runs within the last hour, for the hourly cap. */
  recentRuns: v.array(datetime),
  outcome: v.optional(v.picklist(outcomes)),
  outcomeReasons: v.optional(v.array(Reason)),
});

export type ServiceRecord = v.InferOutput<typeof ServiceRecord>;

/**
 * Where the record of a service is.
 * @param key of the service in `config/`
 * @param lock of what it is, where that is not the service itself
 */
export const serviceKey = (cluster: string, key: string, lock?: Incident['lock']) =>
  `service/${cluster}/${key}${lock === undefined ? '' : `/${lock}`}`;

const recordOf = ({ service, lock }: Incident): string => serviceKey(service.cluster, keyOf(service), lock);

export async function readServiceRecord(
  incident: Incident,
  store: RecordStore,
): Promise<ServiceRecord | undefined> {
  const stored = await store.read(recordOf(incident));
  return stored && parse(ServiceRecord, stored.body);
}

/**
 * Changes the service's record while this run holds the lock.
 * @throws LockLostError or LockRecordGoneError when it does not; WriteConflictError when others write to it without end.
 */
export async function updateServiceRecord(
  incident: Incident,
  store: RecordStore,
  change: (record: ServiceRecord) => ServiceRecord,
): Promise<void> {
  const key = recordOf(incident);
  await updateRecord(store, { key, schema: ServiceRecord }, (record) => ({
    record: change(heldRecord(record, incident)),
  }));
}

/**
 * The record, if this run holds the lock by it. Numbers only rise, so one that is lower, or this run's own number with
 * another incident, comes from a table that was restored or begun anew.
 * @throws LockLostError when another run holds a newer lock number.
 * @throws LockRecordGoneError when the record is gone.
 */
export function heldRecord(record: ServiceRecord | undefined, incident: Incident): ServiceRecord {
  const mine = `this run's lock number is ${incident.lockNumber}`;
  if (!record) throw new LockRecordGoneError(`${mine}, but the lock record is gone; nothing was written`);
  const holds = `${record.machine} ${record.owner} holds number ${record.lockNumber}`;
  if (record.lockNumber > incident.lockNumber) {
    throw new LockLostError(`${mine}, but ${holds}; nothing was written`);
  }
  const foreign = record.incidentOpen && record.incidentId !== incident.id;
  if (record.lockNumber < incident.lockNumber || foreign) {
    throw new LockRecordGoneError(
      `${mine}, but the lock record is older than this run (${holds}); nothing was written`,
    );
  }
  return record;
}
