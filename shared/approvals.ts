import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Assessment, Plan } from './document.ts';
import type { RecordStore } from './record-store.ts';
import { parse } from './schema.ts';

/** What one approver answered; a person answers a request once. */
export const Decision = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: z.iso.datetime(),
  reason: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** What an approver is asked to decide. The task token that answers it is a record of its own, which fewer may read. */
export const ApprovalRequest = z.object({
  id: z.string(),
  execution: z.string(),
  environment: z.string(),
  service: z.string(),
  incidentId: z.string(),
  requestedBy: z.string(),
  plan: Plan,
  metrics: Assessment.shape.metrics,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** How many different people have to approve. */
  needed: z.int().min(1),
  decisions: z.array(Decision),
  /** Whether Step Functions has taken the decision; until then it is sent again. */
  delivered: z.boolean(),
  reminded: z.boolean(),
  escalated: z.boolean(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** What the answers so far come to: one no rejects; enough yes approve. Pure. */
export function verdictOf({
  decisions,
  needed,
}: Pick<ApprovalRequest, 'decisions' | 'needed'>): 'open' | 'approved' | 'rejected' {
  if (decisions.some(({ decision }) => decision === 'rejected')) return 'rejected';
  return new Set(decisions.map(({ by }) => by)).size >= needed ? 'approved' : 'open';
}

/** Whether an approver may decide: who asked for the run may not, unless the configuration allows it. Pure. */
export function mayApprove(
  approver: { name: string; email: string },
  requestedBy: string,
  requesterMayApprove: boolean,
): boolean {
  const asked = requestedBy.trim().toLowerCase();
  return (
    requesterMayApprove || (asked !== approver.name.toLowerCase() && asked !== approver.email.toLowerCase())
  );
}

const HandleRecord = z.object({
  approvalId: z.string(),
  approver: z.string(),
  email: z.string(),
  expiresAt: z.iso.datetime(),
});

/** How long a decided or expired request can still be shown. */
const keptMilliseconds = 30 * 24 * 3_600_000;
const handleBytes = 32;

const requestKey = (id: string) => `approval/${id}`;
// The store keeps only the hash: who can read the table cannot decide.
const handleKey = (handle: string) => `approval-handle/${createHash('sha256').update(handle).digest('hex')}`;

/** A new opaque link handle: 256 random bits. */
export const newHandle = (bytes: (count: number) => Uint8Array): string =>
  Buffer.from(bytes(handleBytes)).toString('base64url');

/** The anti-forgery value of a page: derived from the handle, so it needs no storage and no cookie. */
export const antiForgery = (handle: string, id: string): string =>
  createHmac('sha256', handle).update(`decide ${id}`).digest('base64url');

/** Compares in constant time; different lengths are simply different. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

const until = (expiresAt: string) => new Date(Date.parse(expiresAt) + keptMilliseconds);

/** The request that is open for an incident now; an older one of the same incident is out of date. */
const currentKey = (incidentId: string) => `approval/current/${incidentId}`;
const Current = z.object({ id: z.string() });

export interface ApprovalLink {
  handle: string;
  name: string;
  email: string;
}

const tokenKey = (id: string) => `approval-token/${id}`;
const Token = z.object({ taskToken: z.string() });

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
  const expiresAt = until(request.expiresAt);
  await put(tokenKey(request.id), () => ({ taskToken }), expiresAt, store);
  await put(
    requestKey(request.id),
    (old) => (old ? { ...parse(ApprovalRequest, old), delivered: false } : request),
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

/** Stores one handle per approver; only its hash is kept. */
export async function storeLinks(
  request: ApprovalRequest,
  links: readonly ApprovalLink[],
  store: RecordStore,
): Promise<void> {
  for (const { handle, name, email } of links) {
    const record = { approvalId: request.id, approver: name, email, expiresAt: request.expiresAt };
    await store.write(handleKey(handle), record, { expected: 'absent', expiresAt: until(request.expiresAt) });
  }
}

/** Whether a newer request for the same incident has taken this one's place. */
export async function isReplaced(request: ApprovalRequest, store: RecordStore): Promise<boolean> {
  const stored = await store.read(currentKey(request.incidentId));
  return stored !== undefined && parse(Current, stored.body).id !== request.id;
}

/** The request and the approver that a handle stands for; undefined for every handle that is not known. */
export async function findApproval(handle: string, store: RecordStore): Promise<FoundApproval | undefined> {
  if (!/^[\w-]{43}$/.test(handle)) return undefined;
  const link = await store.read(handleKey(handle));
  if (!link) return undefined;
  const { approvalId, approver } = parse(HandleRecord, link.body);
  const stored = await readApproval(approvalId, store);
  return stored && { approver, ...stored };
}

/** What a person answered. */
export interface Answer {
  decision: 'approved' | 'rejected';
  reason: string;
}

/** A request as an approver's link finds it. */
export interface FoundApproval {
  approver: string;
  version: number;
  request: ApprovalRequest;
}

const attempts = 5;

/**
 * Records an approver's answer once. Writes are conditional, so of two at the same moment one comes first and the
 * other sees it; an answer to a request that is decided, or a second one of the same person, changes nothing.
 * Resolves to what is stored, and whether this answer is part of it.
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
    const options = { expected: version, expiresAt: until(request.expiresAt) };
    if (await store.write(requestKey(request.id), decided, options)) return { won: true, request: decided };
    const stored = await readApproval(request.id, store);
    if (!stored) break;
    ({ request, version } = stored);
  }
  return { won: false, request };
}

/** A request by its id, with its version. */
export async function readApproval(
  id: string,
  store: RecordStore,
): Promise<{ request: ApprovalRequest; version: number } | undefined> {
  const stored = await store.read(requestKey(id));
  return stored && { version: stored.version, request: parse(ApprovalRequest, stored.body) };
}

/** Changes flags of a request (delivered, reminded, escalated), whatever was decided meanwhile. */
export async function markApproval(
  id: string,
  flags: Partial<Pick<ApprovalRequest, 'delivered' | 'reminded' | 'escalated'>>,
  store: RecordStore,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const stored = await readApproval(id, store);
    if (!stored) return;
    const marked = { ...stored.request, ...flags };
    const options = { expected: stored.version, expiresAt: until(marked.expiresAt) };
    if (await store.write(requestKey(id), marked, options)) return;
  }
}
