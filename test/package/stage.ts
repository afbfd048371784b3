import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dependencies, type Packaged, packageStage, remove } from '../support/packaged.ts';
import { itLooksAfterOtherAccounts } from './accounts.ts';
import { itNamesItsAddresses } from './addresses.ts';
import type { DeployingStack } from './deploying/stack.ts';
import { itCanBeDeployed } from './deploying.ts';
import { itPackagesFunctions } from './functions.ts';
import { itKeepsWhatLeaves } from './leaving.ts';
import { itPackagesMachines } from './machines.ts';
import { itPackagesAlarmsAndRules } from './observing.ts';
import { itProtectsWhatItKeeps } from './protection.ts';
import { itHasTheRightsOfItsCalls } from './rights.ts';
import { itPackagesRoles, rights } from './roles.ts';
import { itIsWired } from './wiring.ts';

/** Everything that the package of a stage must hold, but for what is only remembered. */
export function itIsWhole(of: () => Packaged, stackOf?: () => DeployingStack): void {
  itPackagesFunctions(of);
  itPackagesRoles(of);
  itNamesItsAddresses(of);
  itHasTheRightsOfItsCalls(of);
  itKeepsWhatLeaves(of);
  itLooksAfterOtherAccounts(of);
  itPackagesMachines(of);
  itPackagesAlarmsAndRules(of);
  itProtectsWhatItKeeps(of);
  itIsWired(of);
  itCanBeDeployed(of, stackOf);

  it('holds no circle of resources that refer to each other, which CloudFormation would refuse', () => {
    let left = new Map(Object.keys(of().resources).map((id) => [id, dependencies(of(), id)]));
    for (;;) {
      const blocked = new Map([...left].filter(([, needs]) => needs.some((need) => left.has(need))));
      if (blocked.size === left.size) break;
      left = blocked;
    }
    expect([...left.keys()]).toEqual([]);
  });

  it('names no partition of AWS: that of the Region is filled in', () => {
    expect(JSON.stringify(of().resources).match(/arn:aws[\w-]*:/g) ?? []).toEqual([]);
  });
}

/** The package of a stage; it is made once for all that it must hold. */
export function describePackage(stage: string): void {
  describe(`the package of ${stage}`, () => {
    let packaged: Packaged;
    beforeAll(() => {
      packaged = packageStage(stage);
    });
    afterAll(() => remove(packaged));

    itIsWhole(() => packaged);

    it('gives the rights that were last looked at; after looking at the change: -u', () => {
      expect(rights(packaged).join('\n')).toMatchSnapshot();
    });
  });
}
