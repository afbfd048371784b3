import { provideGlobals, type Ran } from './collect.ts';
import type { Area, Mutant } from './mutant.ts';
import type { Tester } from './tester.ts';

/** What a process is asked to measure: an area, and the folder of a package or of instrumented code where it needs one. */
export interface Task {
  area: Area;
  folder: string;
}

/** What it says: that it is ready, then the answer to each mutant. */
export type Said =
  | { ready: true; mutants: Mutant[]; failing: string[]; tests: number }
  | { key: string; foundBy?: string };

// Before any test is imported.
provideGlobals();

async function testerOf({ area, folder }: Task): Promise<Tester> {
  if (area === 'template' || area === 'roles')
    return (await import('./package-tester.ts')).packageTester(area, 'production', folder);
  if (area === 'machines') return (await import('./machine-tester.ts')).machineTester();
  return (await import('./function-tester.ts')).functionTester();
}

const [area, folder = ''] = process.argv.slice(2);
const tester = await testerOf({ area: area as Area, folder });
const ran: Ran[] = await tester.baseline();
const byKey = new Map(tester.mutants.map((one) => [one.key, one]));
process.on('message', async (key: string) => {
  const mutant = byKey.get(key);
  const foundBy = mutant && (await tester.find(mutant));
  process.send?.({ key, ...(foundBy === undefined ? {} : { foundBy }) } satisfies Said);
});
process.on('disconnect', () => process.exit());
process.send?.({
  ready: true,
  mutants: tester.mutants.map(({ key, operator }) => ({ key, operator })),
  failing: ran.filter(({ error }) => error !== undefined).map(({ test }) => test),
  tests: ran.length,
} satisfies Said);
