import * as v from 'valibot';
import { parse } from '../core/schema.ts';
import type { RecordStore } from '../store/record-store.ts';
import { updateRecord } from '../store/update-record.ts';
import type { FoundApproval } from './request.ts';
import { type ApprovalDecision, ApprovalRequest, verdictOf } from './request.ts';

/** How long a decided or expired request can still be shown. */
const keptMilliseconds = 30 * 24 * 3_600_000;

const requestKey = (id: string) => `approval/${id}`;

/** How long the records of a request are kept. */
export const keptUntil = (expiresAt: string) => new Date(Date.parse(expiresAt) + keptMilliseconds);

/** The request that is open for an incident now; an older one of the same incident is out of date. */
const currentKey = (incidentId: string) => `approval/current/${incidentId}`;
const Current = v.object({ id: v.string() });

const tokenKey = (id: string) => `approval-token/${id}`;
const Token = v.object({ taskToken: v.string() });

/** The token of the task that waits for a request's decision. */
export async function readTaskToken(id: string, store: RecordStore): Promise<string | undefined> {
  const stored = await store.read(tokenKey(id));
  return stored && parse(Token, stored.body).taskToken;
}

/**
 * Stores a request as its incident's current one. A repeated call (the function died after storing) has a new task
 * token, so it replaces the token and lets a decision that was made meanwhile be delivered again.
 * @throws WriteConflictError when others write to one of its records without end.
 */
export async function storeApproval(
  request: ApprovalRequest,
  taskToken: string,
  store: RecordStore,
): Promise<void> {
  const expiresAt = keptUntil(request.expiresAt);
  await updateRecord(store, { key: tokenKey(request.id), schema: Token, expiresAt }, () => ({
    record: { taskToken },
  }));
  const stored = { key: requestKey(request.id), schema: ApprovalRequest, expiresAt };
  await updateRecord(store, stored, (old) => ({
    record: old ? { ...old, delivered: false, late: false } : request,
  }));
  await updateRecord(store, { key: currentKey(request.incidentId), schema: Current, expiresAt }, () => ({
    record: { id: request.id },
  }));
}

/** The request that is open for an incident now. */
export async function currentApproval(
  incidentId: string,
  store: RecordStore,
): Promise<ApprovalRequest | undefined> {
  const stored = await store.read(currentKey(incidentId));
  return stored && (await readApproval(parse(Current, stored.body).id, store))?.request;
}

/** Whether a newer request for the same incident has taken this one's place. */
export async function isReplaced(request: ApprovalRequest, store: RecordStore): Promise<boolean> {
  const stored = await store.read(currentKey(request.incidentId));
  return stored !== undefined && parse(Current, stored.body).id !== request.id;
}

/** What a person answered. */
export type Answer = Pick<ApprovalDecision, 'decision' | 'reason' | 'requestId'>;

/**
 * Records an approver's answer once. Writes are conditional, so of two at the same moment one comes first and the
 * other sees it; an answer to a request that is decided, or a second one of the same person, changes nothing.
 * Resolves to what is stored, and whether this answer is part of it.
 * @param approvers names of those whose answers count today: who was removed meanwhile has no vote.
 * @throws WriteConflictError when it could not be stored; Error when the request is gone.
 */
export async function recordDecision(
  found: FoundApproval,
  answer: Answer,
  approvers: readonly string[],
  now: Date,
  store: RecordStore,
): Promise<{ won: boolean; request: ApprovalRequest }> {
  const decision: ApprovalDecision = { ...answer, by: found.approver, at: now.toISOString() };
  const { record, request } = await updateRecord(store, asSeen(found), (present) => {
    if (!present) throw new Error('the answer could not be stored: its request is gone');
    const answered = present.decisions.some(({ by }) => by === found.approver);
    if (verdictOf(present) !== 'open' || answered || present.withdrawn) return { request: present };
    const others = present.decisions.filter(({ by }) => approvers.includes(by));
    const decided = { ...present, decisions: [...others, decision] };
    return { request: decided, record: decided };
  });
  return { won: record !== undefined, request };
}

/**
 * Ends the asking, unless people have decided: their answer and this are written to one record, so one comes first.
 * Resolves to the request where it is withdrawn now and the run has not been told yet.
 * @throws WriteConflictError when others write to it without end.
 */
export async function withdrawApproval(
  id: string,
  why: NonNullable<ApprovalRequest['withdrawn']>,
  store: RecordStore,
): Promise<ApprovalRequest | undefined> {
  const stored = await readApproval(id, store);
  if (!stored) return undefined;
  const { request } = await updateRecord(store, asSeen(stored), (present) => {
    if (!present || present.delivered || verdictOf(present) !== 'open') return {};
    const withdrawn = { ...present, withdrawn: why };
    return { request: withdrawn, record: withdrawn };
  });
  return request;
}

/** A request that was read already, to be changed. */
const asSeen = ({ request, version }: Omit<FoundApproval, 'approver'>) => ({
  key: requestKey(request.id),
  schema: ApprovalRequest,
  seen: { version, body: request },
  expiresAt: keptUntil(request.expiresAt),
});

/** A request by its id, with its version. */
export async function readApproval(
  id: string,
  store: RecordStore,
): Promise<{ request: ApprovalRequest; version: number } | undefined> {
  const stored = await store.read(requestKey(id));
  return stored && { version: stored.version, request: parse(ApprovalRequest, stored.body) };
}

/**
 * Changes what is known about a request's mails and its delivery, whatever was decided meanwhile; nothing where the
 * request is gone.
 * @throws WriteConflictError when others write to it without end. What was to be marked has happened by then, so it
 * happens once more when the step is called again: a second mail, or a second delivery, which changes nothing.
 */
export async function markApproval(
  id: string,
  flags: Partial<Pick<ApprovalRequest, 'delivered' | 'late' | 'reminded' | 'escalated' | 'unreached'>>,
  store: RecordStore,
): Promise<void> {
  const stored = await readApproval(id, store);
  if (!stored) return;
  await updateRecord(store, asSeen(stored), (present) =>
    present ? { record: { ...present, ...flags } } : {},
  );
}
