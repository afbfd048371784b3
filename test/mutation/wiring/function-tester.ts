import { readFileSync } from 'node:fs';
import { root } from '../../support/packaged.ts';
import type { Block, Ran } from './collect.ts';
import { loaded, testFiles } from './files.ts';
import { type FunctionMutant, listOf } from './mutants/functions.ts';
import { allOf, firstFailure, type Tester } from './tester.ts';

/** What Stryker's instrumented code looks at. */
interface Switches {
  activeMutant?: string;
  currentTestId?: string;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

const switches = (): Switches => {
  const all: typeof globalThis & { __stryker__?: Switches } = globalThis;
  all.__stryker__ ??= {};
  return all.__stryker__;
};

/** What an instrumented `await` waits for: where its switch is on, for nothing, and the rest goes on meanwhile. */
async function held<Value>(id: string, value: Value | Promise<Value>): Promise<Value | object> {
  const { activeMutant, currentTestId, mutantCoverage } = switches();
  if (currentTestId && mutantCoverage) {
    mutantCoverage.perTest[currentTestId] ??= {};
    mutantCoverage.perTest[currentTestId][id] = 1;
  }
  if (activeMutant !== id) return value;
  Promise.resolve(value).catch(() => undefined);
  // As a promise it is true, and has nothing that anybody asks for.
  return {};
}
Object.assign(globalThis, { held });

/** The tests of functions, and those of the approval's page; of these only the ones that come by the mutant. */
export function functionTester(): Tester {
  const mutants: FunctionMutant[] = JSON.parse(readFileSync(listOf(root), 'utf8'));
  const ids = new Map(mutants.map(({ key, id }) => [key, id]));
  const files = testFiles('functions', 'shared/approval');
  let times = 0;

  /** Loaded anew, since a mock ends with its file; each with mocks of its own: those of a shared module would outlive it. */
  const blockOf = (file: string, query: string): Promise<Block> =>
    loaded(file, `${query}-${files.indexOf(file)}`);

  return {
    mutants,
    async baseline() {
      const all: Ran[] = [];
      const begins = (test: string) => {
        switches().currentTestId = test;
      };
      for (const file of files) {
        all.push(...(await allOf(await blockOf(file, 'baseline'), { begins })));
        // What the next file loads belongs to no test.
        delete switches().currentTestId;
      }
      const { perTest = {}, static: loading = {} } = switches().mutantCoverage ?? {};
      const reached = new Set(Object.values(perTest).flatMap((one) => Object.keys(one)));
      // What acts only while a module is loaded is left out, as for shared/.
      const kept = mutants.filter(({ id }) => reached.has(id) || !(id in loading));
      mutants.splice(0, mutants.length, ...kept);
      return all;
    },
    async find({ key }) {
      const id = ids.get(key) ?? '';
      const { perTest = {} } = switches().mutantCoverage ?? {};
      const wanted = new Set(Object.keys(perTest).filter((test) => id in (perTest[test] ?? {})));
      const query = `mutant=${++times}`;
      switches().activeMutant = id;
      try {
        for (const file of files) {
          if (![...wanted].some((test) => test.startsWith(`${file} ›`))) continue;
          const failed = await firstFailure(await blockOf(file, query), {
            wanted: (test) => wanted.has(test),
          });
          if (failed !== undefined) return failed;
        }
        return undefined;
      } finally {
        delete switches().activeMutant;
      }
    },
  };
}
