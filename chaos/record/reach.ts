/** Counts how often each fault met each step. */
export type Reach = Map<string, Map<string, number>>;

export function met(reach: Reach, fault: string, step: string): void {
  const steps = reach.get(fault) ?? new Map<string, number>();
  steps.set(step, (steps.get(step) ?? 0) + 1);
  reach.set(fault, steps);
}

/** Adds what another run reached. */
export function addReach(total: Reach, more: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
  for (const [fault, steps] of more) {
    for (const [step, count] of steps) {
      const known = total.get(fault) ?? new Map<string, number>();
      known.set(step, (known.get(step) ?? 0) + count);
      total.set(fault, known);
    }
  }
}
