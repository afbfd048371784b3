import { deployingStack, deployingTemplate } from '../../package/deploying/stack.ts';
import { readPackage } from '../../support/packaged.ts';
import { type Block, collected, type Ran, type Test } from './collect.ts';
import { roleMutants } from './mutants/roles.ts';
import { type TemplateMutant, templateMutants, type Wired } from './mutants/template.ts';
import { allOf, firstFailure, type Tester } from './tester.ts';

/** Tests that plant mutants of their own, or ask about what no mutant here changes: the bundles, and other accounts. */
const leftOut =
  /^would be found|^bundles functions|^docs\/deployment|another account| there|^lets each function|^is as it was/;

/** The tests of the package against a package, or the deploying role's stack, with one thing changed. */
export async function packageTester(
  area: 'template' | 'roles',
  stage: string,
  folder: string,
): Promise<Tester> {
  const whole: Wired = { packaged: readPackage(stage, folder), deploying: deployingTemplate() };
  let present = whole;
  const block = await collected('', async () => {
    const { itIsWhole } = await import('../../package/stage.ts');
    itIsWhole(
      () => present.packaged,
      () => deployingStack(present.deploying),
    );
  });
  block.tests = block.tests.filter(({ name }) => !leftOut.test(name));
  const mutants = area === 'roles' ? roleMutants(whole) : templateMutants(whole);
  const byKey = new Map<string, TemplateMutant>(mutants.map((one) => [one.key, one]));
  return {
    mutants,
    async baseline() {
      const all = await allOf(block);
      block.tests = fastestFirst(block, all);
      return all;
    },
    async find({ key }) {
      present = byKey.get(key)?.apply(whole) ?? whole;
      try {
        return await firstFailure(block);
      } finally {
        present = whole;
      }
    },
  };
}

function fastestFirst({ tests }: Block, all: readonly Ran[]): Test[] {
  const time = new Map(all.map(({ test, milliseconds }) => [test, milliseconds]));
  return tests.toSorted((a, b) => (time.get(a.name) ?? 0) - (time.get(b.name) ?? 0));
}
