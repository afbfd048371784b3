import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textTable } from '../shared/format/text.ts';
import { buildPairs, type Pair } from './bundles/build.ts';
import { type ImportTimes, importTimes } from './bundles/import-time.ts';

/** Odd, so that the median is a round's own. */
const rounds = 21;
/** The project's goal: importing a function takes at most this many times as long as importing its clients. */
const goal = 1.2;

/** Size and import time of every function's bundle, beside a bundle of just the clients that it needs. */
export async function bundles(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  try {
    const pairs = await buildPairs(folder);
    const times = await importTimes(
      pairs.map(({ full, bare }) => ({ full: full.file, bare: bare.file })),
      rounds,
    );
    print(pairs, times);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(pairs: readonly Pair[], times: readonly ImportTimes[]): void {
  const rows = pairs.map(({ name, clients, full, bare }, index) => {
    const time = times[index];
    return [
      name,
      clients.map((client) => client.replace('client-', '')).join(', '),
      kibibytes(full.gzipBytes),
      kibibytes(bare.gzipBytes),
      time?.full.toFixed(1) ?? '–',
      time?.bare.toFixed(1) ?? '–',
      time?.ratio.toFixed(2) ?? '–',
    ];
  });
  const head = ['function', 'clients', 'KiB gzip', 'bare', 'import', 'bare', 'ratio'];
  const worst = Math.max(...times.map(({ ratio }) => ratio));
  process.stdout.write(
    `Bundles, each beside one of its clients alone (import in ms of CPU, medians of ${rounds} rounds)\n${textTable([head, ...rows])}\n` +
      `${worst <= goal ? 'met    ' : 'not met'}  import: function ÷ bare: at most ${worst.toFixed(2)} (goal: at most ${goal})\n`,
  );
}

const kibibytes = (bytes: number): string => (bytes / 1024).toFixed(0);
