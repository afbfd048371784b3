import * as v from 'valibot';
import { parse } from '../core/schema.ts';
import type { RecordStore } from '../store/record-store.ts';
import type { FoundApproval } from './request.ts';
import { ApprovalRequest, type Decision, verdictOf } from './request.ts';

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
 */
export async function storeApproval(
  request: ApprovalRequest,
  taskToken: string,
  store: RecordStore,
): Promise<void> {
  const expiresAt = keptUntil(request.expiresAt);
  await put(tokenKey(request.id), () => ({ taskToken }), expiresAt, store);
  await put(
    requestKey(request.id),
    (old) => (old ? { ...parse(ApprovalRequest, old), delivered: false, late: false } : request),
    expiresAt,
    store,
  );
  await put(currentKey(request.incidentId), () => ({ id: request.id }), expiresAt, store);
}

/** Writes a record whatever is stored, by its own version each time. */
async function put(
  key: string,
  body: (old: unknown) => unknown,
  expiresAt: Date,
  store: RecordStore,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const stored = await store.read(key);
    if (await store.write(key, body(stored?.body), { expected: stored?.version ?? 'absent', expiresAt }))
      return;
  }
  throw new Error(`record ${key.split('/')[0]} changed ${attempts} times while it was written`);
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
export type Answer = Pick<Decision, 'decision' | 'reason' | 'requestId'>;

const attempts = 5;

/**
 * Records an approver's answer once. Writes are conditional, so of two at the same moment one comes first and the
 * other sees it; an answer to a request that is decided, or a second one of the same person, changes nothing.
 * Resolves to what is stored, and whether this answer is part of it.
 * @throws Error when it could not be stored.
 */
export async function recordDecision(
  found: FoundApproval,
  answer: Answer,
  now: Date,
  store: RecordStore,
): Promise<{ won: boolean; request: ApprovalRequest }> {
  let { request, version } = found;
  const decision: Decision = { ...answer, by: found.approver, at: now.toISOString() };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (verdictOf(request) !== 'open' || request.decisions.some(({ by }) => by === found.approver)) {
      return { won: false, request };
    }
    const decided = { ...request, decisions: [...request.decisions, decision] };
    const options = { expected: version, expiresAt: keptUntil(request.expiresAt) };
    if (await store.write(requestKey(request.id), decided, options)) return { won: true, request: decided };
    const stored = await readApproval(request.id, store);
    if (!stored) break;
    ({ request, version } = stored);
  }
  throw new Error('the answer could not be stored: its request changes all the time, or is gone');
}

/** A request by its id, with its version. */
export async function readApproval(
  id: string,
  store: RecordStore,
): Promise<{ request: ApprovalRequest; version: number } | undefined> {
  const stored = await store.read(requestKey(id));
  return stored && { version: stored.version, request: parse(ApprovalRequest, stored.body) };
}

/** Changes what is known about a request's mails and its delivery, whatever was decided meanwhile. */
export async function markApproval(
  id: string,
  flags: Partial<Pick<ApprovalRequest, 'delivered' | 'late' | 'reminded' | 'escalated' | 'unreached'>>,
  store: RecordStore,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const stored = await readApproval(id, store);
    if (!stored) return;
    const marked = { ...stored.request, ...flags };
    const options = { expected: stored.version, expiresAt: keptUntil(marked.expiresAt) };
    if (await store.write(requestKey(id), marked, options)) return;
  }
}
