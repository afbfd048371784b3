import * as v from 'valibot';
import { datetime, parse } from '../core/schema.ts';
import type { RecordStore } from '../store/record-store.ts';
import { writeAndReadBack } from '../store/update-record.ts';
import type { ApprovalRequest, FoundApproval } from './request.ts';
import { fingerprint } from './secrets.ts';
import { keptUntil, readApproval } from './store.ts';

const HandleRecord = v.object({
  approvalId: v.string(),
  approver: v.string(),
  email: v.string(),
  expiresAt: datetime,
});

const handleKey = (handle: string) => `approval-handle/${fingerprint(handle)}`;

export interface ApprovalLink {
  handle: string;
  name: string;
  email: string;
}

/** Stores one handle per approver; only its hash is kept. */
export async function storeLinks(
  request: ApprovalRequest,
  links: readonly ApprovalLink[],
  store: RecordStore,
): Promise<void> {
  for (const { handle, name, email } of links) {
    const record = { approvalId: request.id, approver: name, email, expiresAt: request.expiresAt };
    await writeAndReadBack(store, handleKey(handle), record, {
      expected: 'absent',
      expiresAt: keptUntil(request.expiresAt),
    });
  }
}

/**
 * The request and the approver that a handle stands for; undefined for every handle that is not known. Both records are
 * read whatever the handle, so that the time of an answer tells nothing.
 */
export async function findApproval(handle: string, store: RecordStore): Promise<FoundApproval | undefined> {
  const stored = await store.read(handleKey(handle));
  const link = stored && parse(HandleRecord, stored.body);
  const found = await readApproval(link?.approvalId ?? 'none', store);
  return link && found && { approver: link.approver, ...found };
}
