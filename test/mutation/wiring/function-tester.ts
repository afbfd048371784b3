import { readFileSync } from 'node:fs';
import { restore } from '../../jest/state.js';
import { root } from '../../support/packaged.ts';
import type { Block, Ran } from './collect.ts';
import { loaded, scenarios, testFiles } from './files.ts';
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

/**
 * The tests of functions and then the scenarios, the quickest first; of both only those that come by the mutant. All
 * scenarios would take minutes for each survivor, so they have so many seconds for a mutant, and what only a later one
 * would find counts as not found; with 0 none is loaded.
 */
export function functionTester(scenarioSeconds: number): Tester {
  const mutants: FunctionMutant[] = JSON.parse(readFileSync(listOf(root), 'utf8'));
  const ids = new Map(mutants.map(({ key, id }) => [key, id]));
  const direct = testFiles('functions', 'shared/approval');
  const played = new Map<string, Block>();
  const time = new Map<string, number>();
  let times = 0;

  /** Tests with mocked clients are loaded anew, since a mock ends with its file; scenarios stay loaded. */
  const blockOf = async (file: string, query: string): Promise<Block> => {
    const known = played.get(file);
    // Each file with mocks of its own: those of a shared module would outlive the file that ends them.
    if (!known) return loaded(file, `${query}-${direct.indexOf(file)}`);
    restore();
    return known;
  };

  return {
    mutants,
    async baseline() {
      const all: Ran[] = [];
      for (const file of scenarioSeconds > 0 ? scenarios() : [])
        played.set(file, await loaded(file, 'functions'));
      for (const file of [...direct, ...played.keys()]) {
        const begins = (test: string) => {
          switches().currentTestId = test;
        };
        const ran = await allOf(await blockOf(file, 'baseline'), { begins });
        for (const { test, milliseconds } of ran) time.set(test, milliseconds);
        all.push(...ran);
        delete switches().currentTestId;
      }
      const { perTest = {} } = switches().mutantCoverage ?? {};
      const reached = new Set(Object.values(perTest).flatMap((one) => Object.keys(one)));
      const { static: loading = {} } = switches().mutantCoverage ?? {};
      // What acts only while a module is loaded is left out, as for shared/.
      const kept = mutants.filter(({ id }) => reached.has(id) || !(id in loading));
      mutants.splice(0, mutants.length, ...kept);
      return all;
    },
    async find({ key }) {
      const id = ids.get(key) ?? '';
      const { perTest = {} } = switches().mutantCoverage ?? {};
      const wanted = new Set(Object.keys(perTest).filter((test) => id in (perTest[test] ?? {})));
      const asked = (files: readonly string[]) =>
        [...wanted].filter((test) => files.some((file) => test.startsWith(`${file} ›`)));
      const tests = new Set([
        ...asked(direct),
        ...quickest(asked([...played.keys()]), time, scenarioSeconds * 1000),
      ]);
      const query = `mutant=${++times}`;
      switches().activeMutant = id;
      try {
        for (const file of [...direct, ...played.keys()]) {
          if (![...tests].some((test) => test.startsWith(`${file} ›`))) continue;
          const failed = await firstFailure(await blockOf(file, query), {
            wanted: (test) => tests.has(test),
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

/** The quickest tests that together take no longer than this, and at least one. */
function quickest(
  tests: readonly string[],
  time: ReadonlyMap<string, number>,
  milliseconds: number,
): string[] {
  let sum = 0;
  return tests
    .toSorted((a, b) => (time.get(a) ?? 0) - (time.get(b) ?? 0))
    .filter((test, index) => {
      sum += time.get(test) ?? 0;
      return index === 0 || sum <= milliseconds;
    });
}
