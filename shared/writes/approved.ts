import { GuardError } from '../core/errors.ts';
import type { Approval } from '../document/outcome.ts';
import type { Plan } from '../document/plan.ts';

/**
 * Every write of a way back asks this itself, whatever its state machine has asked before (invariants 12 and 21).
 * @throws GuardError when the plan needs an approval and has none of its own.
 */
export function assertApproved(
  { approvalRequired, hash }: Pick<Plan, 'approvalRequired' | 'hash'>,
  approval: Approval | undefined,
): void {
  if (approvalRequired && approval?.planHash !== hash)
    throw new GuardError(`the plan ${hash.slice(0, 12)} has no approval of its own; nothing was given back`);
}
