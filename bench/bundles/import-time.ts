import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * Milliseconds of CPU that a fresh Node takes to import each file: the least of `rounds`, because whatever else the
 * machine does only ever adds. The files take turns, so that a busy minute meets all of them.
 */
export async function importMilliseconds(files: readonly string[], rounds: number): Promise<number[]> {
  const least = files.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [index, file] of files.entries())
      least[index] = Math.min(least[index] ?? 0, await importOnce(file));
  }
  return least;
}

async function importOnce(file: string): Promise<number> {
  const script = `const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(String((user + system) / 1000));
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}
