import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textTable } from '../shared/format.ts';
import { buildPairs, type Pair } from './bundles/build.ts';
import { importMilliseconds } from './bundles/import-time.ts';

const rounds = 9;
/** The project's goal: importing a function takes at most this many times as long as importing its AWS clients. */
const goal = 1.2;

/** Size and import time of every function's bundle, beside a bundle of just the AWS clients that it needs. */
export async function bundles(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  try {
    const pairs = await buildPairs(folder);
    const times = await importMilliseconds(
      pairs.flatMap(({ full, bare }) => [full.file, bare.file]),
      rounds,
    );
    print(pairs, times);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(pairs: readonly Pair[], times: readonly number[]): void {
  const ratios: number[] = [];
  const rows = pairs.map(({ name, clients, full, bare }, index) => {
    const [ours = 0, theirs = 0] = times.slice(2 * index, 2 * index + 2);
    ratios.push(ours / theirs);
    return [
      name,
      clients.map((client) => client.replace('client-', '')).join(', '),
      kibibytes(full.gzipBytes),
      kibibytes(bare.gzipBytes),
      ours.toFixed(1),
      theirs.toFixed(1),
      (ours / theirs).toFixed(2),
    ];
  });
  const head = ['function', 'clients', 'KiB gzip', 'bare', 'import', 'bare', 'ratio'];
  const worst = Math.max(...ratios);
  process.stdout.write(
    `Bundles, each beside one of its AWS clients alone (import in ms of CPU, the least of ${rounds})\n${textTable([head, ...rows])}\n` +
      `${worst <= goal ? 'met    ' : 'not met'}  import: function ÷ bare: at most ${worst.toFixed(2)} (goal: at most ${goal})\n`,
  );
}

const kibibytes = (bytes: number): string => (bytes / 1024).toFixed(0);
