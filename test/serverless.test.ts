import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { itCanBeDeployed } from './package/deploying.ts';
import { itPackagesFunctions } from './package/functions.ts';
import { itPackagesMachines } from './package/machines.ts';
import { itPackagesAlarmsAndRules } from './package/observing.ts';
import { itProtectsWhatItKeeps } from './package/protection.ts';
import { itPackagesRoles, rights } from './package/roles.ts';
import { dependencies, osls, type Packaged, packageStage, remove, root } from './support/packaged.ts';

jest.setTimeout(400_000);

describe.each(['production', 'staging'])('the package of %s', (stage) => {
  let packaged: Packaged;
  beforeAll(() => {
    packaged = packageStage(stage);
  });
  afterAll(() => remove(packaged));
  const of = () => packaged;

  itPackagesFunctions(of);
  itPackagesRoles(of);
  itPackagesMachines(of);
  itPackagesAlarmsAndRules(of);
  itProtectsWhatItKeeps(of);
  itCanBeDeployed(of);

  it('holds no circle of resources that refer to each other, which CloudFormation would refuse', () => {
    let left = new Map(Object.keys(packaged.resources).map((id) => [id, dependencies(packaged, id)]));
    for (;;) {
      const blocked = new Map([...left].filter(([, needs]) => needs.some((need) => left.has(need))));
      if (blocked.size === left.size) break;
      left = blocked;
    }
    expect([...left.keys()]).toEqual([]);
  });

  it('gives the rights that were last looked at; after looking at the change: npm test -- test/serverless -u', () => {
    expect(rights(packaged).join('\n')).toMatchSnapshot();
  });
});

it('packages nothing for a stage that has no configuration, and names those that have', () => {
  expect(() => osls('nowhere', join(tmpdir(), 'nowhere'))).toThrow(
    /stage: "nowhere" has no file in config\/; allowed: production, staging/,
  );
});

it('keeps a lock file that names no place to download from', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
