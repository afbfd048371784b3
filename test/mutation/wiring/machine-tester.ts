import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statemachinesFolder } from '../../../sandbox/config-files.ts';
import { definitionTexts } from '../../../sandbox/engine/definition/definitions.ts';
import { root } from '../../support/packaged.ts';
import type { Ran } from './collect.ts';
import { loaded, scenarios } from './files.ts';
import { machineMutants } from './mutants/machines.ts';
import { allOf, firstFailure, type Tester } from './tester.ts';

/** Rules first, then the tables of steps, which hold whatever a rule does not. */
const rules = ['retries', 'rules', 'definitions', 'steps'].map(
  (name) => `test/statemachines/${name}.test.ts`,
);

/**
 * The rules of the machines and then the scenarios, each time loaded anew with one text of statemachines/ changed. Where
 * the rules find every mutant, no scenario is played.
 */
export function machineTester(): Tester {
  const texts = definitionTexts(join(root, 'statemachines'));
  const mutants = machineMutants(texts);
  const byKey = new Map(mutants.map((one) => [one.key, one]));
  let played: string[] | undefined;
  let times = 0;

  const baseline = async (files: readonly string[]) => {
    const all: (Ran & { file: string })[] = [];
    for (const file of files)
      for (const ran of await allOf(await loaded(file, 'baseline'))) all.push({ ...ran, file });
    return all;
  };

  /** The scenarios, fastest first. */
  const toPlay = async (): Promise<string[]> => {
    const all = await baseline(scenarios());
    const failing = all.filter(({ error }) => error !== undefined).map(({ test }) => test);
    if (failing.length > 0) throw new Error(`without a mutant these fail: ${failing.join('; ')}`);
    const time = (file: string) =>
      all.reduce((sum, one) => sum + (one.file === file ? one.milliseconds : 0), 0);
    return scenarios().toSorted((a, b) => time(a) - time(b));
  };

  /** The first test that fails while a text is another one. */
  const findIn = async (files: readonly string[], key: string): Promise<string | undefined> => {
    const { file, text } = byKey.get(key) ?? {};
    if (!file || !text) throw new Error(`there is no mutant ${key}`);
    const query = `mutant=${++times}`;
    writeFileSync(join(statemachinesFolder, file), text());
    try {
      for (const one of files) {
        const failed = await firstFailure(await loaded(one, query));
        if (failed !== undefined) return failed;
      }
      return undefined;
    } catch {
      // What cannot even be read fails in each file that reads it.
      return `${files[0]} › reading the definitions`;
    } finally {
      writeFileSync(join(statemachinesFolder, file), texts[file] ?? '');
    }
  };

  return {
    mutants,
    baseline: () => baseline(rules),
    async find({ key }) {
      const byRule = await findIn(rules, key);
      if (byRule !== undefined) return byRule;
      played ??= await toPlay();
      return findIn(played, key);
    },
  };
}
