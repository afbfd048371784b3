import type { Plan } from '../document/plan.ts';
import type { Reason } from '../document/reason.ts';

/** What a run does, and why. */
export interface Decision {
  action: Plan['action'];
  reasons: Reason[];
}
