import { beforeAll, expect, it } from '@jest/globals';
import type { Packaged } from '../support/packaged.ts';
import { faultsOf, type Role, rolesOf } from './rights/check.ts';
import { mutantsOf } from './rights/mutants.ts';

/** Each statement of each role against each call of the code, by AWS's Service Authorization Reference. */
export function itHasTheRightsOfItsCalls(of: () => Packaged): void {
  let roles: Role[] = [];
  beforeAll(async () => {
    roles = await rolesOf(of());
  });

  it('allows every call on every resource that AWS asks for, and nothing that no call needs', async () => {
    const faults = roles.map(async (role) =>
      (await faultsOf(of(), role)).map((fault) => `${role.id}: ${fault}`),
    );
    expect((await Promise.all(faults)).flat()).toEqual([]);
  });

  it('would be found with any statement left out, narrowed, widened or misspelt', async () => {
    const mutants = roles.flatMap(mutantsOf);
    expect(mutants.length).toBeGreaterThan(400);
    const found = await Promise.all(mutants.map(async ({ role }) => (await faultsOf(of(), role)).length > 0));
    expect(mutants.filter((_, i) => !found[i]).map(({ change }) => change)).toEqual([]);
  });
}
