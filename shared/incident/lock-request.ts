import type { Config } from '../config/schema.ts';
import { hashOf } from '../core/hash.ts';
import type { Request } from '../document/request.ts';
import type { ServiceRecord } from './service-record.ts';

/** A run that asks for the lock of its service, and what is known of it. */
export interface LockRequest {
  record: ServiceRecord | undefined;
  request: Request;
  /** Whether the execution that holds the lock is running. One that has ended holds nothing: no clock decides that. */
  ownerRuns: boolean;
  limits: Config['limits'];
}

/** Who holds the lock and is running, unless it started this run itself. */
export const runningHolder = ({ record, request, ownerRuns }: LockRequest): ServiceRecord | undefined =>
  record && ownerRuns && request.startedBy !== record.owner ? record : undefined;

/** The scale-in that has to stop when this run gets the lock. */
export function stoppedScaleIn(ask: LockRequest): string | undefined {
  const holder = runningHolder(ask);
  return holder?.machine === 'scale-in' ? holder.owner : undefined;
}

const hourMilliseconds = 3_600_000;

/** Starts of emergency runs within the last hour. */
export const runsWithinTheHour = ({ record, request }: LockRequest): string[] =>
  record?.recentRuns.filter((at) => Date.parse(request.receivedAt) - Date.parse(at) < hourMilliseconds) ?? [];

/** What the record says of its holder once this run is it. */
export function asHolder(ask: LockRequest) {
  const { record, request } = ask;
  const superseded = stoppedScaleIn(ask);
  return {
    lockNumber: (record?.lockNumber ?? 0) + 1,
    owner: request.execution.arn,
    machine: request.machine,
    ...(superseded ? { superseded } : {}),
    lockedAt: request.receivedAt,
    seenEvents: withEvent(record, request),
  };
}

const keptEvents = 20;

/** The events that were handled, with this one's. */
export const withEvent = (record: ServiceRecord | undefined, { eventId }: Request): string[] =>
  [...(record?.seenEvents ?? []), ...(eventId === undefined ? [] : [eventId])].slice(-keptEvents);

/** Short enough to name executions after it (80 characters at most), and the same for a repeated call. */
export function newIncidentId({ service, receivedAt, execution }: Request): string {
  const at = receivedAt.slice(0, 19).replace(/[-:]/g, '');
  return `${service.slice(0, 30)}-${at}Z-${hashOf(execution.arn).slice(0, 6)}`;
}
