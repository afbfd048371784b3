import { exitCodeOf } from '../cli/exit-codes.ts';
import { failWith } from '../cli/fail-with.ts';
import { startIncident } from '../sandbox/incident-run.ts';
import { throttled } from '../sandbox/throttle-faults.ts';
import { parseIncidentArguments, underCircumstances } from './arguments.ts';
import { widthOf } from './display/lines.ts';
import { playTold } from './display/told.ts';
import { storyOf } from './story.ts';
import { usageOf } from './usage.ts';

/** Runs the command; resolves to its exit code. */
export async function simulate(argv: readonly string[]): Promise<number> {
  try {
    const chosen = parseIncidentArguments(argv, 'yes');
    if (!chosen) {
      process.stdout.write(usageOf('simulate'));
      return 0;
    }
    const { throttle, json, ...options } = await underCircumstances(chosen);
    const run = startIncident({ ...options, ...throttled(throttle, options.seed) });
    const { report, lines } = await playTold(run, options.approve);
    const layout = { width: widthOf(process.stdout), stream: process.stdout };
    const command = { script: 'simulate', argv } as const;
    process.stdout.write(
      json ? `${JSON.stringify(report, null, 2)}\n` : storyOf(report, lines, command, layout),
    );
    return exitCodeOf(report);
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = await simulate(process.argv.slice(2));
