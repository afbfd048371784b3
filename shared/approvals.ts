import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Assessment, Plan } from './document.ts';
import type { RecordStore } from './record-store.ts';
import { parse } from './schema.ts';

/** What an approver is asked to decide. Stays on the server with the task token, which appears nowhere else. */
export const ApprovalRequest = z.object({
  id: z.string(),
  taskToken: z.string(),
  execution: z.string(),
  environment: z.string(),
  service: z.string(),
  incidentId: z.string(),
  requestedBy: z.string(),
  plan: Plan,
  metrics: Assessment.shape.metrics,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  decision: z
    .object({
      decision: z.enum(['approved', 'rejected']),
      by: z.string(),
      at: z.iso.datetime(),
      reason: z.string(),
    })
    .optional(),
  /** Whether Step Functions has taken the decision; until then it is sent again. */
  delivered: z.boolean(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

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

/** Stores a request and one handle per approver. */
export async function storeApproval(
  request: ApprovalRequest,
  links: readonly { handle: string; name: string; email: string }[],
  store: RecordStore,
) {
  await store.write(requestKey(request.id), request, {
    expected: 'absent',
    expiresAt: until(request.expiresAt),
  });
  for (const { handle, name, email } of links) {
    const record = { approvalId: request.id, approver: name, email, expiresAt: request.expiresAt };
    await store.write(handleKey(handle), record, { expected: 'absent', expiresAt: until(request.expiresAt) });
  }
}

/** The request and the approver that a handle stands for; undefined for every handle that is not known. */
export async function findApproval(handle: string, store: RecordStore) {
  if (!/^[\w-]{43}$/.test(handle)) return undefined;
  const link = await store.read(handleKey(handle));
  if (!link) return undefined;
  const { approvalId, approver } = parse(HandleRecord, link.body);
  const stored = await store.read(requestKey(approvalId));
  return stored && { approver, version: stored.version, request: parse(ApprovalRequest, stored.body) };
}

/** What a person answered. */
export interface Answer {
  decision: 'approved' | 'rejected';
  reason: string;
}

/** Records a decision once: the first conditional write wins. Resolves to what is stored afterwards. */
export async function recordDecision(
  found: { approver: string; version: number; request: ApprovalRequest },
  answer: Answer,
  now: Date,
  store: RecordStore,
): Promise<{ won: boolean; request: ApprovalRequest }> {
  const decision = { ...answer, by: found.approver, at: now.toISOString() };
  const decided = { ...found.request, decision };
  const options = { expected: found.version, expiresAt: until(found.request.expiresAt) };
  if (await store.write(requestKey(decided.id), decided, options)) return { won: true, request: decided };
  const stored = await store.read(requestKey(decided.id));
  return { won: false, request: stored ? parse(ApprovalRequest, stored.body) : found.request };
}

/** Notes that Step Functions has taken the decision. */
export async function markDelivered(id: string, store: RecordStore): Promise<void> {
  const stored = await store.read(requestKey(id));
  if (!stored) return;
  const request = parse(ApprovalRequest, stored.body);
  if (request.delivered) return;
  await store.write(
    requestKey(id),
    { ...request, delivered: true },
    { expected: stored.version, expiresAt: until(request.expiresAt) },
  );
}
