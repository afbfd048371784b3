import { failWith } from '../cli/fail-with.ts';
import { bundles } from './bundles.ts';
import { incidents } from './incidents.ts';
import { price } from './price.ts';
import { storm } from './storm.ts';
import { strategies } from './strategies.ts';

/**
 * `npm run bench [-- NAME [options]]`: every benchmark, or one with its options. Figures of one run stand side by side;
 * compare ratios, not days.
 */
const benchmarks: Record<string, (options: readonly string[]) => Promise<void>> = {
  bundles,
  incidents,
  price,
  storm,
  strategies,
};

const [name, ...options] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(benchmarks, name)) {
  const allowed = Object.keys(benchmarks).join(', ');
  process.stderr.write(`bench: "${name}" is not a benchmark; allowed: ${allowed}\n`);
  process.exitCode = 2;
} else {
  try {
    for (const [known, run] of Object.entries(benchmarks)) {
      if (name === undefined || name === known) await run(options);
    }
  } catch (error) {
    process.exitCode = failWith(error);
  }
}
