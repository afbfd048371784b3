import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../../sandbox/world/model/median.ts';

/** Import times of a bundle and its bare companion: medians of all rounds, in milliseconds of CPU. */
export interface ImportTimes {
  full: number;
  bare: number;
  /** The median of each round's own ratio: the two imports of a round meet the same machine. */
  ratio: number;
}

/**
 * What a fresh Node takes to import each of two files, `rounds` times side by side and in turns first. All pairs take
 * their turn in each round, so that a busy minute meets all of them.
 */
export async function importTimes(
  pairs: readonly { full: string; bare: string }[],
  rounds: number,
): Promise<ImportTimes[]> {
  const samples: { full: number; bare: number }[][] = pairs.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { full, bare }] of pairs.entries()) {
      const [first, second] = round % 2 === 0 ? [full, bare] : [bare, full];
      const times = [await importOnce(first), await importOnce(second)];
      const [ours = 0, theirs = 0] = round % 2 === 0 ? times : times.toReversed();
      samples[index]?.push({ full: ours, bare: theirs });
    }
  }
  return samples.map((pair) => ({
    full: median(pair.map(({ full }) => full)),
    bare: median(pair.map(({ bare }) => bare)),
    ratio: median(pair.map(({ full, bare }) => full / bare)),
  }));
}

/** User and system time of all threads: waiting for other processes does not count. */
async function importOnce(file: string): Promise<number> {
  const script = `const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(String((user + system) / 1000));
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}
