import { incidents } from './incidents.ts';

/** `npm run bench [-- NAME]`: every benchmark, or one. Figures of one run stand side by side; compare ratios, not days. */
const benchmarks: Record<string, () => Promise<void>> = { incidents };

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = names.find((name) => !Object.hasOwn(benchmarks, name));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: "${unknown}" is not a benchmark; allowed: ${Object.keys(benchmarks).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(benchmarks)) {
    if (names.length === 0 || names.includes(name)) await run();
  }
}
