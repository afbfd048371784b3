import { exitCodeOf } from '../cli/exit-codes.ts';
import { failWith } from '../cli/fail-with.ts';
import { startIncident } from '../sandbox/incident-run.ts';
import { throttling } from '../sandbox/throttle-faults.ts';
import { mulberry32 } from '../sandbox/world/model/random.ts';
import { parseIncidentArguments, underCircumstances } from './arguments.ts';
import { type Line, widthOf } from './display/lines.ts';
import { createNarrator } from './display/narrator.ts';
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
    const faults = throttle > 0 ? { faults: throttling(throttle, mulberry32(options.seed ^ 0x77777)) } : {};
    const run = startIncident({ ...options, ...faults });
    const lines: Line[] = [];
    const narrator = createNarrator(run.sandbox, options.approve);
    const tell = () => void (json || lines.push(...narrator.look()));
    const report = await run.finish(async (time, done, limit) => {
      const end = await time.runUntil(() => {
        tell();
        return done();
      }, limit);
      tell();
      return end;
    });
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
