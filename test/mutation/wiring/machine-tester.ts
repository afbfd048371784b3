import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statemachinesFolder } from '../../../sandbox/config-files.ts';
import { definitionTexts } from '../../../sandbox/engine/definition/definitions.ts';
import type { Ran } from './collect.ts';
import { loaded, scenarios, testFiles } from './files.ts';
import { machineMutants } from './machine-mutants.ts';
import { allOf, firstFailure, type Tester } from './tester.ts';

/** The rules of the machines and then the scenarios, each time loaded anew with one text of statemachines/ changed. */
export function machineTester(): Tester {
  const texts = definitionTexts(statemachinesFolder);
  const mutants = machineMutants(texts);
  const byKey = new Map(mutants.map((one) => [one.key, one]));
  const rules = testFiles('statemachines');
  let played = scenarios();
  let times = 0;
  return {
    mutants,
    async baseline() {
      const all: Ran[] = [];
      const time = new Map<string, number>();
      for (const file of [...rules, ...played]) {
        const ran = await allOf(await loaded(file, 'baseline'));
        time.set(file, ran.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / ran.length);
        all.push(...ran);
      }
      played = played.toSorted((a, b) => (time.get(a) ?? 0) - (time.get(b) ?? 0));
      return all;
    },
    async find({ key }) {
      const { file, text } = byKey.get(key) ?? { file: '', text: '' };
      const query = `mutant=${++times}`;
      writeFileSync(join(statemachinesFolder, file), text);
      try {
        for (const one of [...rules, ...played]) {
          const failed = await firstFailure(await loaded(one, query));
          if (failed !== undefined) return failed;
        }
        return undefined;
      } catch {
        // A definition that cannot even be read fails in each file that reads it.
        return 'loading the definitions';
      } finally {
        writeFileSync(join(statemachinesFolder, file), texts[file] ?? '');
      }
    },
  };
}
