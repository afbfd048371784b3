import { parseIncidentArguments } from './arguments.ts';
import { type Line, widthOf } from './display/lines.ts';
import { createNarrator } from './display/narrator.ts';
import { exitCodeOf, failWith } from './exit-codes.ts';
import { startIncident } from './incident-run.ts';
import { storyOf } from './story.ts';
import { throttling } from './throttle-faults.ts';
import { mulberry32 } from './world/random.ts';
import { scenarioList } from './world/scenarios.ts';

const usage = `npm run simulate -- [options]: plays one incident in virtual time, to the end at once.

  --environment NAME   production (default) or staging: a file in config/
  --scenario NAME      what happens to the service (default traffic-spike)
  --trace FILE.csv     real traffic instead: columns t_seconds,requests_per_second
  --event FILE         delivered when the service is in the state it describes; without it the alarm fires by itself
  --approve yes|no|never   what the simulated approver answers (default yes)
  --throttle PERCENT   share of the AWS calls that are throttled, 0 to 90
  --seed N             same seed, same document
  --dry-run            plan only, change nothing
  --json               one JSON document on stdout

Scenarios:
${scenarioList.map(({ name, description }) => `  ${name.padEnd(20)} ${description}`).join('\n')}

Exit codes: 0 recovered, 1 error, 2 usage, 3 rejected, 4 expired, 5 not recovered or rolled back.
`;

/** Runs the command; resolves to its exit code. */
export async function simulate(argv: readonly string[]): Promise<number> {
  try {
    const chosen = parseIncidentArguments(argv, 'yes');
    if (!chosen) {
      process.stdout.write(usage);
      return 0;
    }
    const { throttle, json, ...options } = chosen;
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

process.exitCode = await simulate(process.argv.slice(2));
