import type { Config } from '../config/schema.ts';
import type { Incident } from '../document/incident.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { RecordStore } from '../store/record-store.ts';
import {
  asHolder,
  type LockRequest,
  newIncidentId,
  runningHolder,
  runsWithinTheHour,
  stoppedScaleIn,
  withEvent,
} from './lock-request.ts';
import { heldRecord, readServiceRecord, type ServiceRecord } from './service-record.ts';

/** What becomes of a run that asks for the lock: the record to write, or why it may not have it. Pure. */
export type LockDecision =
  | { status: 'opened' | 'continued'; record: ServiceRecord; superseded?: string; reasons: Reason[] }
  | { status: 'joined'; record: ServiceRecord; superseded?: never; reasons: Reason[] }
  | { status: 'capped'; record: ServiceRecord; superseded?: string; reasons: Reason[] }
  | {
      status: 'capped' | 'busy';
      record?: never;
      holder: ServiceRecord;
      superseded?: never;
      reasons: Reason[];
    };

/** Decides where it applies; otherwise the next rule is asked. */
type Rule = (ask: LockRequest) => LockDecision | undefined;

/** In order: the first that applies wins. */
const rules: readonly Rule[] = [repeatedCall, repeatedEvent, joins, mustWait, mustRestoreFirst, capped];

/** One run per service (invariant 6): who gets the lock of a service is the first rule's that applies. */
export function decideLock(
  record: ServiceRecord | undefined,
  request: Request,
  ownerRuns: boolean,
  limits: Config['limits'],
): LockDecision {
  const ask = { record, request, ownerRuns, limits };
  for (const rule of rules) {
    const decision = rule(ask);
    if (decision) return decision;
  }
  return takes(ask);
}

/** A run that holds the lock asks again: its first call may have died before it could answer. */
function repeatedCall({ record, request, limits }: LockRequest): LockDecision | undefined {
  if (record?.owner !== request.execution.arn) return undefined;
  const { superseded, incidentOpen } = record;
  const again = { record, ...(superseded ? { superseded } : {}) };
  // A capped run holds the lock where it has stopped a scale-in, but was never counted as a run.
  const counted = request.machine !== 'emergency-scaling' || record.recentRuns.includes(request.receivedAt);
  return counted
    ? { ...again, status: incidentOpen ? 'continued' : 'opened', reasons: [because('lock-held')] }
    : { ...again, status: 'capped', reasons: [capReason(limits, superseded)] };
}

/** An event that was handled before is delivered again: it starts nothing, also when its run has ended. */
function repeatedEvent({ record, request }: LockRequest): LockDecision | undefined {
  const { eventId } = request;
  if (eventId === undefined || !record?.seenEvents.includes(eventId)) return undefined;
  return { status: 'joined', record, reasons: [because('event-handled', { event: eventId })] };
}

/** Runs that an alarm joins; from any other an emergency takes the lock away. */
const handlesAlerts: readonly ServiceRecord['machine'][] = ['emergency-scaling', 'rollback'];

/** A run that has recorded its end only tells of it: it looks at no alarm any more. */
const isHandling = ({ machine, outcome }: ServiceRecord): boolean =>
  handlesAlerts.includes(machine) && outcome === undefined;

/** An emergency joins a run that handles alerts, and leaves it its alert. */
function joins(ask: LockRequest): LockDecision | undefined {
  const { request } = ask;
  const holder = runningHolder(ask);
  if (!holder || request.machine !== 'emergency-scaling') return undefined;
  if (!isHandling(holder)) return undefined;
  const name = request.alert ?? request.machine;
  const joinedAlerts = [...new Set([...holder.joinedAlerts, name])];
  const joinedNow = [...new Set([...(holder.joinedNow ?? []), name])];
  return {
    status: 'joined',
    record: { ...holder, seenEvents: withEvent(holder, request), joinedAlerts, joinedNow },
    reasons: [because('lock-joined', holderOf(holder))],
  };
}

/** What can wait takes the lock from nobody; who is there for the pools, from no emergency, whether an alarm or a person began it. */
function mustWait(ask: LockRequest): LockDecision | undefined {
  const holder = runningHolder(ask);
  if (!holder || !waitsFor(holder, ask.request)) return undefined;
  return { status: 'busy', holder, reasons: [because('lock-busy', holderOf(holder))] };
}

function waitsFor(holder: ServiceRecord, { machine }: Request): boolean {
  if (machine === 'pgbouncer-emergency')
    return isHandling(holder) || (holder.machine === machine && holder.outcome === undefined);
  // The lock of the cache has no other holder than another run of the same kind.
  return machine === 'scale-in' || machine === 'configure-autoscaling' || machine === 'redis-emergency';
}

/** Configuring waits for the restore of an open incident, also where no run is under way. */
function mustRestoreFirst({ record, request }: LockRequest): LockDecision | undefined {
  if (request.machine !== 'configure-autoscaling' || !record?.incidentOpen || !record.snapshotStored)
    return undefined;
  const reasons = [because('incident-open', { incident: record.incidentId })];
  return { status: 'busy', holder: record, reasons };
}

/** Too many emergency runs within the hour. One stops a scale-in all the same: it takes its lock, and nothing else. */
function capped(ask: LockRequest): LockDecision | undefined {
  const { record, request, limits } = ask;
  const recent = runsWithinTheHour(ask);
  const tooMany = request.machine === 'emergency-scaling' && recent.length >= limits.emergencyRunsPerHour;
  if (!record || !tooMany) return undefined;
  const superseded = stoppedScaleIn(ask);
  const reasons = [capReason(limits, superseded)];
  return superseded
    ? { status: 'capped', record: { ...record, ...asHolder(ask) }, superseded, reasons }
    : { status: 'capped', holder: record, reasons };
}

/**
 * Everybody else gets the lock: where it is free, from a scale-in or a run that configures, which an emergency, a rollback or a
 * run for the pools stops, from the latter, which an emergency or a rollback stops, from an emergency that has recorded its end,
 * and from the run that started this one.
 */
function takes(ask: LockRequest): LockDecision {
  const { record, request } = ask;
  const superseded = stoppedScaleIn(ask);
  const continues = record?.incidentOpen === true;
  const recent = runsWithinTheHour(ask);
  const next: ServiceRecord = {
    ...asHolder(ask),
    incidentId: continues ? record.incidentId : newIncidentId(request),
    // Configuring raises nothing that would have to be given back.
    incidentOpen: continues || request.machine !== 'configure-autoscaling',
    snapshotStored: continues ? record.snapshotStored : false,
    joinedAlerts: continues ? record.joinedAlerts : [],
    recentRuns: request.machine === 'emergency-scaling' ? [...recent, request.receivedAt] : recent,
  };
  return {
    status: continues ? 'continued' : 'opened',
    record: next,
    ...(superseded ? { superseded } : {}),
    reasons: continues ? [because('incident-continues', { incident: next.incidentId })] : [],
  };
}

const capReason = ({ emergencyRunsPerHour: limit }: Config['limits'], superseded?: string): Reason =>
  because('runs-capped', { limit, ...(superseded ? { superseded } : {}) });

const holderOf = ({ machine, owner }: ServiceRecord) => ({ machine, owner });

/**
 * Reads the lock again right before a write (invariant 5).
 * @throws LockLostError when another run holds a newer lock number.
 * @throws LockRecordGoneError when the record was deleted, or the table restored.
 */
export async function assertLock(incident: Incident, store: RecordStore): Promise<ServiceRecord> {
  return heldRecord(await readServiceRecord(incident, store), incident);
}
