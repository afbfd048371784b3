import { failWith } from '../exit-codes.ts';
import { type ChaosArguments, chaosUsage, parseChaosArguments } from './arguments.ts';
import { huntMutations } from './mutations/command.ts';
import { reportOf } from './output.ts';
import { replay } from './replay.ts';
import { playInProcesses } from './workers.ts';

/** `npm run chaos`: resolves to the exit code. */
async function chaos(argv: readonly string[]): Promise<number> {
  try {
    const chosen = parseChaosArguments(argv);
    if (!chosen) {
      process.stdout.write(chaosUsage);
      return 0;
    }
    if (chosen.mutations) return await huntMutations(chosen);
    if (chosen.replay !== undefined) return await tell(chosen.replay, chosen.json);
    return await playMany(chosen);
  } catch (error) {
    return failWith(error);
  }
}

async function playMany(chosen: ChaosArguments): Promise<number> {
  const { json, seed } = chosen;
  const began = performance.now();
  const sum = await playInProcesses({
    ...chosen,
    onProgress: ({ runs, violations }) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r${runs} of ${chosen.runs} runs, ${violations.length} violations `);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(
    json ? `${JSON.stringify({ seed, seconds, ...sum }, null, 2)}\n` : `${reportOf(sum, seed, seconds)}\n`,
  );
  if (sum.violations.length === 0) return 0;
  const first = new Map(
    sum.violations.toReversed().map(({ invariant, seed: failing }) => [invariant, failing]),
  );
  if (!json) for (const failing of new Set(first.values())) await tell(failing, false);
  return 1;
}

async function tell(seed: number, json: boolean): Promise<number> {
  const { incident, hash, violations, story } = await replay(seed);
  process.stdout.write(
    json
      ? `${JSON.stringify({ seed, hash, violations, incident }, null, 2)}\n`
      : `\nseed ${seed}, trace ${hash}\n${story}\n`,
  );
  return violations.length > 0 ? 1 : 0;
}

process.exit(await chaos(process.argv.slice(2)));
