import { InvalidInputError } from '../../shared/core/errors.ts';
import type { ChaosArguments } from '../arguments.ts';
import { type Hunted, hunt } from './hunt.ts';
import { mutations } from './mutations.ts';
import { rowOf, tableOf } from './report.ts';

/**
 * `npm run chaos -- --mutations`: resolves to 0 when every planted bug is found and the sound code passes.
 * @throws InvalidInputError when no bug has the wanted name.
 */
export async function huntMutations(chosen: ChaosArguments): Promise<number> {
  const { runs, seed, workers, only, json } = chosen;
  const wanted = mutations.filter(({ name }) => name.includes(only));
  if (wanted.length === 0) {
    throw new InvalidInputError(
      `--only: "${only}" is in no name; allowed: a part of ${mutations.map(({ name }) => `"${name}"`).join(', ')}`,
    );
  }
  const began = performance.now();
  const all = await hunt({
    mutations: wanted,
    runs,
    seed,
    workers,
    onEnd: (hunted) => process.stderr.write(`${rowOf(hunted).filter(Boolean).join(' · ')}\n`),
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    json
      ? `${JSON.stringify({ seed, seconds, bugs: mutations.length, all: rowsOf(all) }, null, 2)}\n`
      : `${tableOf(all, seed)} (${seconds} s)\n`,
  );
  return all.every(({ found, sound }) => found && sound.length === 0) ? 0 : 1;
}

/** Each with its row of the table, which a page shows as it is. */
const rowsOf = (all: readonly Hunted[]) => all.map((hunted) => ({ ...hunted, row: rowOf(hunted) }));
