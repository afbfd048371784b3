import type { Plan } from '../document/plan.ts';

/** What a run does, and why. */
export interface Decision {
  action: Plan['action'];
  reasons: string[];
}
