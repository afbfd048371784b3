import { expect, it } from '@jest/globals';
import type { Packaged } from '../support/packaged.ts';
import { faultsOf } from './wiring/faults.ts';
import { mutantsOf } from './wiring/mutants.ts';

/** What refers to what, who may take, start and publish, which path leads where, what the product's own alarms watch. */
export function itIsWired(of: () => Packaged): void {
  it('refers to, trusts, starts, tells and watches what it should', () => {
    expect(faultsOf(of())).toEqual([]);
  });

  it('would be found with any of this wired wrong', () => {
    const mutants = mutantsOf(of());
    expect(mutants.length).toBeGreaterThan(200);
    expect(
      mutants.filter(({ packaged }) => faultsOf(packaged).length === 0).map(({ change }) => change),
    ).toEqual([]);
  });
}
