import { failWith } from '../cli/fail-with.ts';
import { type ChaosArguments, chaosUsage, parseChaosArguments } from './arguments.ts';
import { huntMutations } from './mutations/command.ts';
import { replay } from './replay.ts';
import { reportOf } from './report/output.ts';
import type { Summary } from './report/summary.ts';
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
    if (chosen.replay !== undefined) return await tell(chosen.replay, chosen);
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
    within: chosen.amid,
    onProgress: progress(chosen.runs),
  });
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(
    json ? `${JSON.stringify({ seed, seconds, ...sum }, null, 2)}\n` : `${reportOf(sum, seed, seconds)}\n`,
  );
  if (sum.violations.length === 0) return 0;
  const first = new Map(
    sum.violations.toReversed().map(({ invariant, seed: failing }) => [invariant, failing]),
  );
  if (!json) for (const failing of new Set(first.values())) await tell(failing, chosen);
  return 1;
}

/** Tells how far it is: in place at a terminal, else a line now and then; a violation at once. */
function progress(all: number) {
  const often = process.stderr.isTTY ? 1 : 500;
  let told = 0;
  let violated = 0;
  return ({ runs, violations }: Summary): void => {
    for (const { seed, invariant, text } of violations.slice(violated))
      process.stderr.write(`seed ${seed} violates ${invariant}: ${text}\n`);
    violated = violations.length;
    if (runs < told + often) return;
    told = runs;
    const line = `${runs} of ${all} runs, ${violated} violations`;
    process.stderr.write(process.stderr.isTTY ? `\r${line} ` : `${line}\n`);
  };
}

async function tell(seed: number, { json, amid }: ChaosArguments): Promise<number> {
  const { incident, hash, violations, story } = await replay(seed, {}, amid);
  process.stdout.write(
    json
      ? `${JSON.stringify({ seed, hash, violations, incident }, null, 2)}\n`
      : `\nseed ${seed}, trace ${hash}\n${story}\n`,
  );
  return violations.length > 0 ? 1 : 0;
}

process.exit(await chaos(process.argv.slice(2)));
