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
  for (const part of ['faults', 'troubles'] as const) {
    for (let index = best[part].length - 1; index >= 0 && left > 0; index--) {
      const candidate = { ...best, [part]: best[part].filter((_, position) => position !== index) };
      if (await stillFails(candidate)) best = candidate;
    }
  }
  /** The first of fast-check's simpler incidents that still fails. */
  const simpler = async () => {
    if (!incidents.canShrinkWithoutContext(best)) return undefined;
    for (const { value } of incidents.shrink(best, undefined)) {
      if (left <= 0) return undefined;
      if (await stillFails(value)) return value;
    }
    return undefined;
  };
  for (let next = await simpler(); next; next = await simpler()) best = next;
  return best;
}
