import { sandboxStart } from '../sandbox/sandbox.ts';
import { actors, type Cast } from './cast/actors.ts';
import type { ChaosIncident } from './generate/incident.ts';
import type { Planted } from './mutations/planted.ts';
import type { End, Recording } from './record/recording.ts';
import { traceHash } from './record/trace.ts';
import { createStage, type Stage } from './stage.ts';

/** Longest play, virtual milliseconds; every machine has to come to its end long before. */
const longest = 6 * 3_600_000;
const lookMilliseconds = 5000;
/** Without any run by then, none comes any more. */
const quietMilliseconds = 900_000;
/** So long after the last end, and after the start, something may still begin. */
const settleMilliseconds = 60_000;

/** Plays one incident in virtual time and keeps everything that the invariants are checked on. */
export async function playIncident(
  incident: ChaosIncident,
  seed: number,
  planted: Planted = {},
): Promise<Recording> {
  const stage = createStage(incident, seed, planted);
  try {
    return await play(stage, seed);
  } finally {
    stage.sandbox.close();
  }
}

async function play(stage: Stage, seed: number): Promise<Recording> {
  const { incident, config, sandbox, processes, mirror, writes, reach } = stage;
  const { engine, time, aws, service } = sandbox;
  const before = settingsOf(stage);
  const ends = endsOf(stage);
  const cast = actors(stage);
  const look = setInterval(() => void cast.look(), lookMilliseconds);
  const end = await time.runUntil(() => isOver(stage, cast, ends), longest);
  clearInterval(look);
  const { executions } = engine;
  const { goneAt } = stage.blows;
  const { people, answers, removedApprovers, switched, stopped, faultyInputs } = cast;
  return {
    seed,
    incident,
    config,
    service,
    startedAt: sandboxStart.getTime(),
    endedAt: time.now(),
    over: end === 'done',
    before,
    after: settingsOf(stage),
    writes,
    calls: aws.calls,
    invocations: processes.invocations,
    people,
    answers,
    removedApprovers,
    switched,
    executions,
    ends,
    stopped,
    faultyInputs,
    locks: mirror.locks,
    snapshots: mirror.snapshots,
    approvals: mirror.approvals,
    ...(goneAt === undefined ? {} : { goneAt }),
    reach,
    hash: () => traceHash({ writes, calls: aws.calls, executions }),
  };
}

const settingsOf = ({ sandbox: { aws, service } }: Stage) => aws.settings(service.cluster, service.service);

/** The ends of executions, each with what is true then; more come as the play goes on. */
function endsOf(stage: Stage): End[] {
  const { engine, time } = stage.sandbox;
  const ends: End[] = [];
  engine.onStatusChange(({ detail }) => {
    if (detail.status === 'RUNNING') return;
    const execution = engine.describeExecution(detail.executionArn);
    ends.push({ execution, at: time.now(), settings: settingsOf(stage), lock: stage.mirror.lock() });
  });
  return ends;
}

/** Nothing runs, nobody is about to act, and nothing has happened for a while. */
function isOver({ sandbox: { engine, time }, moments }: Stage, cast: Cast, ends: readonly End[]): boolean {
  const sinceStart = time.now() - sandboxStart.getTime();
  return (
    !moments.pending() &&
    !cast.busy() &&
    sinceStart > settleMilliseconds &&
    engine.executions.every(({ status }) => status !== 'RUNNING') &&
    (sinceStart > quietMilliseconds || engine.executions.length > 0) &&
    time.now() > (ends.at(-1)?.at ?? 0) + settleMilliseconds
  );
}
