import type { Config } from '../config/schema.ts';
import { LockLostError } from '../core/errors.ts';
import { hashOf } from '../core/hash.ts';
import type { Incident } from '../document/incident.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { RecordStore } from '../store/record-store.ts';
import { readServiceRecord, type ServiceRecord } from './service-record.ts';

/** Runs that an alarm joins; from any other an emergency takes the lock away. */
const handlesAlerts: readonly ServiceRecord['machine'][] = ['emergency-scaling', 'rollback'];

const hourMilliseconds = 3_600_000;

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

/**
 * One run per service (invariant 6). An emergency joins a running emergency, takes over from one that has recorded its
 * end, and puts a running scale-in out of business, as it does with a run that configures; what a run started itself, or a person's rollback, takes over;
 * anything else has to wait, and configuring waits for the restore of an open incident as well. The lock of an
 * execution that has ended is free at once: its status decides, not a clock.
 */
export function decideLock(
  record: ServiceRecord | undefined,
  request: Request,
  ownerRuns: boolean,
  limits: Config['limits'],
): LockDecision {
  const alert = request.alert ?? request.machine;
  const configures = request.machine === 'configure-autoscaling';
  if (record && record.owner === request.execution.arn) {
    // The repeated call of a capped run: it holds the lock, but was never counted as a run.
    const counted = request.machine !== 'emergency-scaling' || record.recentRuns.includes(request.receivedAt);
    return {
      status: !counted ? 'capped' : record.incidentOpen ? 'continued' : 'opened',
      record,
      ...(record.superseded ? { superseded: record.superseded } : {}),
      reasons: [counted ? because('lock-held') : capReason(limits, record)],
    };
  }
  if (record?.seenEvents.some((id) => id === request.eventId)) {
    return {
      status: 'joined',
      record,
      reasons: [because('event-handled', { event: request.eventId ?? '' })],
    };
  }
  if (record && ownerRuns && request.startedBy !== record.owner) {
    // A run that has recorded its end only tells of it: it looks at no alarm any more.
    const handling = handlesAlerts.includes(record.machine) && record.outcome === undefined;
    if (request.machine === 'emergency-scaling' && handling) {
      const joined = {
        ...record,
        seenEvents: withEvent(record, request),
        joinedAlerts: [...new Set([...record.joinedAlerts, alert])],
      };
      return {
        status: 'joined',
        record: joined,
        reasons: [because('lock-joined', holderOf(record))],
      };
    }
    if (request.machine === 'scale-in' || configures) {
      return {
        status: 'busy',
        holder: record,
        reasons: [because('lock-busy', holderOf(record))],
      };
    }
  }
  if (configures && record?.incidentOpen && record.snapshotStored) {
    return {
      status: 'busy',
      holder: record,
      reasons: [because('incident-open', { incident: record.incidentId })],
    };
  }
  const withinTheHour = (at: string) => Date.parse(request.receivedAt) - Date.parse(at) < hourMilliseconds;
  const recent = record?.recentRuns.filter(withinTheHour) ?? [];
  const takesOver = record && ownerRuns && request.startedBy !== record.owner;
  const stopped = takesOver && record.machine === 'scale-in' ? record.owner : undefined;
  if (record && request.machine === 'emergency-scaling' && recent.length >= limits.emergencyRunsPerHour) {
    if (!stopped) return { status: 'capped', holder: record, reasons: [capReason(limits)] };
    // An alarm stops a scale-in all the same: it takes the lock away, and nothing else.
    return {
      status: 'capped',
      record: {
        ...record,
        lockNumber: record.lockNumber + 1,
        owner: request.execution.arn,
        machine: request.machine,
        superseded: stopped,
        lockedAt: request.receivedAt,
        seenEvents: withEvent(record, request),
      },
      superseded: stopped,
      reasons: [capReason(limits, { superseded: stopped })],
    };
  }
  const continues = record?.incidentOpen === true;
  const next: ServiceRecord = {
    lockNumber: (record?.lockNumber ?? 0) + 1,
    owner: request.execution.arn,
    machine: request.machine,
    ...(stopped ? { superseded: stopped } : {}),
    incidentId: continues ? record.incidentId : newIncidentId(request),
    // Configuring raises nothing that would have to be given back.
    incidentOpen: continues || !configures,
    snapshotStored: continues ? record.snapshotStored : false,
    lockedAt: request.receivedAt,
    seenEvents: withEvent(record, request),
    joinedAlerts: continues ? record.joinedAlerts : [],
    recentRuns: request.machine === 'emergency-scaling' ? [...recent, request.receivedAt] : recent,
  };
  return {
    status: continues ? 'continued' : 'opened',
    record: next,
    ...(stopped ? { superseded: stopped } : {}),
    reasons: continues ? [because('incident-continues', { incident: next.incidentId })] : [],
  };
}

function capReason(
  { emergencyRunsPerHour }: Config['limits'],
  { superseded }: { superseded?: string | undefined } = {},
): Reason {
  return because('runs-capped', { limit: emergencyRunsPerHour, ...(superseded ? { superseded } : {}) });
}

const holderOf = ({ machine, owner }: ServiceRecord) => ({ machine, owner });

const keptEvents = 20;

const withEvent = (record: ServiceRecord | undefined, { eventId }: Request): string[] =>
  [...(record?.seenEvents ?? []), ...(eventId === undefined ? [] : [eventId])].slice(-keptEvents);

/** Short enough to name executions after it (80 characters at most), and the same for a repeated call. */
function newIncidentId({ service, receivedAt, execution }: Request): string {
  const at = receivedAt.slice(0, 19).replace(/[-:]/g, '');
  return `${service.slice(0, 30)}-${at}Z-${hashOf(execution.arn).slice(0, 6)}`;
}

/**
 * Reads the lock again right before a write (invariant 5).
 * @throws LockLostError when another run holds a newer lock number.
 */
export async function assertLock(incident: Incident, store: RecordStore): Promise<void> {
  const record = await readServiceRecord(incident, store);
  if (record?.lockNumber !== incident.lockNumber) {
    const holder = record
      ? `${record.machine} ${record.owner} holds number ${record.lockNumber}`
      : 'no lock exists';
    throw new LockLostError(
      `this run's lock number is ${incident.lockNumber}, but ${holder}; nothing was written`,
    );
  }
}
