import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { failWith } from '../cli/fail-with.ts';
import { parseOptions, wholeNumber } from '../cli/options.ts';
import { textTable } from '../shared/format/text.ts';
import { matrixOf } from './verdicts/matrix.ts';
import type { Cell } from './verdicts/play.ts';
import type { Judged } from './verdicts/worker.ts';

/** Plays the cells in as many processes as there are cores, each of which gets the next one when it is done; in their order. */
async function playAll(cells: readonly Cell[]): Promise<Judged[]> {
  const left = [...cells];
  const judged = new Map<string, Judged>();
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), cells.length) }, () => {
      const child = fork(join(import.meta.dirname, 'verdicts', 'worker.ts'));
      const next = () => {
        const cell = left.shift();
        if (cell) child.send(cell);
        else child.disconnect();
      };
      child.on('message', (one: Judged) => {
        judged.set(keyOf(one.cell), one);
        next();
      });
      next();
      return new Promise<void>((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', (code, signal) =>
          code === 0 ? resolve() : reject(new Error(`a process ended with ${signal ?? code}`)),
        );
      });
    }),
  );
  return cells.flatMap((cell) => judged.get(keyOf(cell)) ?? []);
}

const keyOf = (cell: Cell): string => Object.values(cell).join(' ');

/** How to play a cell again. */
export const againOf = ({ scenario, environment, answer, throttle, seed }: Cell): string =>
  [
    `npm run simulate -- --scenario ${scenario} --environment ${environment} --approve ${answer} --seed ${seed}`,
    ...(throttle > 0 ? [`--throttle ${throttle}`] : []),
  ].join(' ');

/** One line per scenario, then what is said and not so, each with how to play it again. Pure. */
export function verdictsText(judged: readonly Judged[]): string {
  const sum = (all: readonly Judged[], of: (one: Judged) => number) =>
    all.reduce((total, one) => total + of(one), 0).toLocaleString('en-US');
  const rows = [...Map.groupBy(judged, ({ cell }) => cell.scenario)].map(([scenario, own]) => {
    const outcomes = [...Map.groupBy(own, ({ outcome }) => outcome)].map(
      ([outcome, all]) => `${all.length} × ${outcome}`,
    );
    return [scenario, `${own.length}`, outcomes.join(', '), sum(own, ({ faults }) => faults.length)];
  });
  const restored = judged.filter((one) => one.restored).length;
  const faults = judged.flatMap((one) => one.faults.map((fault) => `${againOf(one.cell)}\n  ${fault}`));
  return [
    textTable([['scenario', 'plays', 'verdicts', 'untrue'], ...rows]),
    ...faults.slice(0, 50),
    `${judged.length.toLocaleString('en-US')} plays, ${restored.toLocaleString('en-US')} of them restored, ${sum(judged, ({ compared }) => compared)} sentences and rows compared, ${faults.length} untrue`,
  ].join('\n');
}

const options = { seeds: { type: 'string', default: '15' } } as const;

/** `npm run verdicts`: every scenario, answer and seed, throttled or not; everything that is said against what is so. */
export async function verdicts(argv: readonly string[]): Promise<number> {
  try {
    const seeds = wholeNumber('--seeds', parseOptions(argv, { options }).seeds, 1, 100);
    const judged = await playAll(matrixOf(seeds));
    process.stdout.write(`${verdictsText(judged)}\n`);
    return judged.every(({ faults }) => faults.length === 0) ? 0 : 5;
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = await verdicts(process.argv.slice(2));
