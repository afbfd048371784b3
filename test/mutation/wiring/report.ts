import type { Area, Mutant, Outcome } from './mutant.ts';

/** What is known of one area after a measurement. */
export interface AreaReport {
  /** What it was measured on; `whole` where as many were drawn as belong to a measurement. */
  commit: string;
  seed: number;
  seconds: number;
  whole: boolean;
  /** How many mutants there are. */
  all: number;
  drawn: Outcome[];
  /** Those that a list names, whatever was drawn. */
  planted: (Outcome & { name: string })[];
  /** Listed as equivalent. */
  equivalent: number;
}

/** What `npm run test:mutation -- wiring` leaves in out/mutation/wiring.json; an area that was not measured stays as it was. */
export type WiringReport = Partial<Record<Area, AreaReport>>;

/** At least so many of the drawn mutants of each area have to be found. Percent. */
const threshold = 90;

const share = (outcomes: readonly Outcome[]) =>
  outcomes.length === 0
    ? 100
    : (100 * outcomes.filter(({ foundBy }) => foundBy !== undefined).length) / outcomes.length;

/** What makes a measurement fail: an area below the threshold, a planted fault that was not found. */
export function failuresOf(report: WiringReport): string[] {
  return Object.entries(report).flatMap(([area, { drawn, planted }]) => [
    ...(share(drawn) < threshold
      ? [`${area}: ${share(drawn).toFixed(1)} % found, ${threshold} % needed`]
      : []),
    ...planted
      .filter(({ foundBy }) => foundBy === undefined)
      .map(({ name }) => `${area}: not found: ${name}`),
  ]);
}

/** Keys of a list that name no mutant: what they were about has changed. */
export const unknownKeys = (keys: readonly string[], all: readonly Mutant[]): string[] => {
  const known = new Set(all.map(({ key }) => key));
  return keys.filter((key) => !known.has(key));
};
