import { exitCodeOf } from '../cli/exit-codes.ts';
import { failWith } from '../cli/fail-with.ts';
import type { ApproverAnswer } from '../sandbox/approver.ts';
import type { RunEnd, VirtualTime } from '../sandbox/clock.ts';
import { type IncidentRun, startIncident } from '../sandbox/incident-run.ts';
import { throttled } from '../sandbox/throttle-faults.ts';
import { textsOf } from '../shared/format/reasons.ts';
import { parseIncidentArguments, underCircumstances } from './arguments.ts';
import { createRecorder } from './console/recorder.ts';
import { serveSandbox } from './console/server.ts';
import type { ConsoleSource } from './console/view.ts';
import { openApproval } from './display/approvals.ts';
import { type Layout, type Line, renderLine, widthOf } from './display/lines.ts';
import { createNarrator } from './display/narrator.ts';
import { statusLine } from './display/status-line.ts';
import { summaryOf, verdictOf } from './display/summary.ts';
import { greeting, leftBehind } from './display/welcome.ts';
import { usageOf } from './usage.ts';

/** Runs the command; resolves to its exit code. */
export async function start(argv: readonly string[]): Promise<number> {
  try {
    const nobody = !process.stdin.isTTY || !process.stdout.isTTY;
    const chosen = parseIncidentArguments(argv, nobody ? 'yes' : 'ask', 'start');
    if (!chosen) {
      process.stdout.write(usageOf('start'));
      return 0;
    }
    const { throttle, json, port, speed, ...options } = await underCircumstances(chosen);
    const stream = json ? process.stderr : process.stdout;
    const layout = { stream, width: widthOf(stream) };
    const server = await serveSandbox(port);
    try {
      const run = startIncident({
        ...options,
        ...throttled(throttle, options.seed),
        approvalBaseUrl: server.url,
      });
      stream.write(greeting(chosen, run.sandbox, server.url, layout));
      const source = showing(run, speed);
      server.show(source);
      const report = await run.finish(playing(run, source, chosen, layout));
      const verdict = verdictOf(report, { script: 'start', argv }, layout);
      source.verdict = `${report.outcome}: ${textsOf(report.reasons).join('; ')}`;
      if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      stream.write(`\n${summaryOf(report, layout)}\n${verdict}`);
      return exitCodeOf(report);
    } finally {
      await server.close();
    }
  } catch (error) {
    return failWith(error);
  }
}

const showing = ({ sandbox }: IncidentRun, speed: number): ConsoleSource & { told: Line[] } => ({
  sandbox,
  speed,
  recorder: createRecorder(sandbox),
  told: [],
});

/** Moves the time at the chosen pace and tells what is new. */
function playing(
  { sandbox }: IncidentRun,
  source: ConsoleSource & { told: Line[] },
  { approve, speed }: { approve: ApproverAnswer; speed: number },
  layout: Layout,
) {
  const narrator = createNarrator(sandbox, approve);
  const status = statusLine(sandbox, speed, layout);
  const look = () => {
    const lines = narrator.look();
    source.recorder.look();
    if (lines.length > 0) status.clear();
    for (const line of lines) layout.stream.write(renderLine(line, layout));
    source.told.push(...lines);
    status.update();
  };
  process.once('SIGINT', () => {
    status.clear();
    layout.stream.write(leftBehind(sandbox), () => process.exit(130));
  });
  return async (time: VirtualTime, done: () => boolean, limit: number): Promise<RunEnd> => {
    const looked = () => {
      look();
      return done();
    };
    const slow = () => approve === 'ask' && openApproval(sandbox) !== undefined;
    const end = await paced(time, looked, limit, () => (slow() ? Math.min(1, speed) : speed));
    status.clear();
    return end;
  };
}

/**
 * Plays at a speed that may change on the way: a request for approval expires after hours, so while a person is asked
 * virtual time runs no faster than theirs.
 */
async function paced(
  time: VirtualTime,
  done: () => boolean,
  limit: number,
  speed: () => number,
): Promise<RunEnd> {
  const until = time.now() + limit;
  for (;;) {
    const present = speed();
    const end = await time.runPaced(() => done() || speed() !== present, present, until - time.now());
    if (end !== 'done' || done()) return end;
  }
}

if (import.meta.main) process.exitCode = await start(process.argv.slice(2));
