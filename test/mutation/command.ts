import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run test:mutation -- wiring …` measures the wiring; whatever else is said goes to Stryker, for shared/. */
const root = join(import.meta.dirname, '../..');
const [first, ...rest] = process.argv.slice(2);
const [program, words] =
  first === 'wiring'
    ? ['test/mutation/wiring/wiring.ts', rest]
    : ['node_modules/@stryker-mutator/core/bin/stryker.js', ['run', ...process.argv.slice(2)]];
const { status } = spawnSync(process.execPath, [join(root, program), ...words], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
