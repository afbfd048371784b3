import { approversNeeded } from '../cache/relief.ts';
import { GuardError } from '../core/errors.ts';
import type { CacheReliefPlan } from '../document/cache-relief.ts';
import type { Incident } from '../document/incident.ts';
import type { Approval } from '../document/outcome.ts';
import { reliefHash } from '../plan/cache/relief.ts';

/** How many different people have to approve a relief at least, whatever its plan and the configuration say. */
const needed = { ...approversNeeded, restore: approversNeeded.policy };

/**
 * Every write to a cache asks this itself, whatever its state machine has asked before.
 * @returns the names of those who approved it
 * @throws GuardError when the approval is not of this very relief, or of too few people; then nothing was done.
 */
export function assertReliefApproved(
  { id }: Pick<Incident, 'id'>,
  service: string,
  plan: CacheReliefPlan,
  approval: Approval | undefined,
): readonly string[] {
  const { relief, hash } = plan;
  const own = reliefHash({ ...plan, incidentId: id, service }, relief, plan.needed);
  if (own !== hash) throw new GuardError('the plan is not the one that its hash says; nothing was done');
  if (approval?.planHash !== hash)
    throw new GuardError(`the relief ${hash.slice(0, 12)} has no approval of its own; nothing was done`);
  const people = [...new Set(approval.approvers)];
  const least = Math.max(plan.needed, needed[relief.code]);
  if (people.length < least)
    throw new GuardError(
      `${least} different people have to approve this, ${people.length} did; nothing was done`,
    );
  return people;
}
