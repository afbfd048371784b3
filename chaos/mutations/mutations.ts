import { inApproval } from './approval.ts';
import { inTheCache } from './cache.ts';
import { inCapacity } from './capacity.ts';
import { inTheField } from './in-the-field.ts';
import type { Mutation } from './mutation.ts';
import { inRuns } from './runs.ts';
import { inWayBack } from './way-back.ts';

/** Every planted bug, by scenario; those of invariants without a scenario of their own come last. */
export const mutations: readonly Mutation[] = [
  ...inRuns,
  ...inCapacity,
  ...inApproval,
  ...inWayBack,
  ...inTheField,
  ...inTheCache,
].toSorted((a, b) => rank(a) - rank(b));

function rank({ scenario }: Mutation): number {
  return typeof scenario === 'number' ? scenario : 1000 + Number(scenario.split(' ')[1]);
}
