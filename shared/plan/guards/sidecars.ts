import type { ServiceConfig } from '../../config/service.ts';
import type { Reason } from '../../document/reason.ts';
import type { Guard } from '../../format/reasons/capacity.ts';
import { because } from '../../format/reasons.ts';
import { type Slots, sidecarBudget } from '../../pool/topology/sidecar.ts';

/**
 * How many tasks may bring a PgBouncer of their own and leave PostgreSQL a slot; undefined where none stands beside each task. Pure.
 * @param said PostgreSQL's slots, by its own word
 */
export function sidecarGuard({ pgbouncer }: ServiceConfig, said?: Slots): Guard | undefined {
  const budget = sidecarBudget(pgbouncer, said);
  return budget && { guard: 'connections', limit: budget.tasks };
}

/** Why only so many fit, where that stopped a number from being higher. Pure. */
export function whySidecarsFit(
  { pgbouncer, capacity }: ServiceConfig,
  asked: { limitedBy?: string | undefined; max?: number | undefined },
  said?: Slots,
): Reason[] {
  const stopped = asked.limitedBy === 'connections' || (asked.max ?? Infinity) < capacity.emergency.max;
  const budget = stopped ? sidecarBudget(pgbouncer, said) : undefined;
  return budget ? [because('sidecar-budget', budget)] : [];
}
