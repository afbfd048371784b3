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
import { greeting, leftBehind, stayingUp } from './display/welcome.ts';
import { onInterrupt, paced } from './pace.ts';
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
    const { throttle, json, port, speed, stay: asked, ...options } = await underCircumstances(chosen);
    const stay = asked ?? (nobody ? 0 : Number.POSITIVE_INFINITY);
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
      const { toTheEnd, stayUp } = playing(run, source, { ...chosen, stay }, layout);
      const report = await run.finish(toTheEnd, async (told) => {
        const verdict = verdictOf(told, { script: 'start', argv }, layout);
        source.verdict = `${told.outcome}: ${textsOf(told.reasons).join('; ')}`;
        if (json) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
        stream.write(`\n${summaryOf(told, layout)}\n${verdict}${stayingUp(server.url, stay)}`);
        await stayUp();
      });
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

/** Moves the time at the chosen pace and tells what is new: to the end of the incident, and then as long as it stays. */
function playing(
  { sandbox }: IncidentRun,
  source: ConsoleSource & { told: Line[] },
  { approve, speed, stay }: { approve: ApproverAnswer; speed: number; stay: number },
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
  const slow = () => approve === 'ask' && openApproval(sandbox) !== undefined;
  const until = async (time: VirtualTime, done: () => boolean, limit: number): Promise<RunEnd> => {
    const looked = () => {
      look();
      return done();
    };
    const end = await paced(time, looked, limit, () => (slow() ? Math.min(1, speed) : speed));
    status.clear();
    return end;
  };
  const letGo = onInterrupt(() => {
    status.clear();
    layout.stream.write(leftBehind(sandbox), () => process.exit(130));
  });
  return {
    toTheEnd: until,
    /** Goes on for `stay` real seconds, or until Ctrl-C, which is no interruption any more. */
    async stayUp() {
      letGo();
      if (stay === 0) return;
      const end = performance.now() + stay * 1000;
      let stopped = false;
      const release = onInterrupt(() => {
        stopped = true;
      });
      await until(sandbox.time, () => stopped || performance.now() >= end, Number.POSITIVE_INFINITY);
      release();
    },
  };
}

if (import.meta.main) process.exitCode = await start(process.argv.slice(2));
