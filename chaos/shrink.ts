import { check } from './checkers/all.ts';
import { incidents } from './generate/generate.ts';
import type { ChaosIncident } from './generate/incident.ts';
import type { Planted } from './mutations/planted.ts';
import { playIncident } from './play.ts';

/**
 * A simpler incident that still violates the invariant: first without the faults that are not needed, then by
 * fast-check's own shrinking, for at most `budget` plays.
 */
export async function shrink(
  incident: ChaosIncident,
  seed: number,
  invariant: string,
  planted: Planted = {},
  budget = 40,
): Promise<ChaosIncident> {
  let left = budget;
  let best = incident;
  const stillFails = async (candidate: ChaosIncident) => {
    left -= 1;
    const { violations } = check(await playIncident(candidate, seed, planted));
    return violations.some((violation) => violation.invariant === invariant);
  };
  for (let index = best.faults.length - 1; index >= 0 && left > 0; index--) {
    const candidate = { ...best, faults: best.faults.filter((_, position) => position !== index) };
    if (await stillFails(candidate)) best = candidate;
  }
  for (let index = best.troubles.length - 1; index >= 0 && left > 0; index--) {
    const candidate = { ...best, troubles: best.troubles.filter((_, position) => position !== index) };
    if (await stillFails(candidate)) best = candidate;
  }
  for (let simpler = true; simpler && left > 0; ) {
    simpler = false;
    if (!incidents.canShrinkWithoutContext(best)) break;
    for (const { value } of incidents.shrink(best, undefined)) {
      if (left <= 0) break;
      if (!(await stillFails(value))) continue;
      best = value;
      simpler = true;
      break;
    }
  }
  return best;
}
