import { createSandbox } from '../../sandbox/sandbox.ts';
import type { MeasuredSecond } from '../../sandbox/world/model/measures.ts';
import type { ServiceOptions } from '../../sandbox/world/model/options.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import { createWorld } from '../../sandbox/world/world.ts';
import { strategyOf } from './catalogue.ts';
import { benchConfig, benchPool, benchService, benchServiceOf } from './config.ts';
import { type Score, scoreOf } from './score.ts';
import { playOf, type Shape } from './shapes.ts';
import { type Arena, clientsOf } from './strategy.ts';

/** One run: one strategy against one traffic. */
export interface Job {
  strategy: string;
  shape: Shape;
  startSeconds: number;
  seed: number;
  /** Also return the course of the run, for a picture. */
  course: boolean;
}

/** The course of a run, one point per `stepSeconds`: the highest demand and p99 of the step, the tasks at its end. */
export interface Course {
  stepSeconds: number;
  demanded: number[];
  running: number[];
  p99Seconds: number[];
}

export interface Played {
  score: Score;
  apiCalls: number;
  /** Ends of the project's executions, such as `emergency-scaling SUCCEEDED`, with their number. */
  executions: Record<string, number>;
  course?: Course;
}

/** A task that starts slowly takes this much longer than the average one. */
const slowestStart = 1.08;
const healthCheckSeconds = 10;
const courseSteps = 360;

/** Plays one run in virtual time. Only one can play in a process at a time. */
export async function playJob(job: Job): Promise<Played> {
  const config = benchConfig();
  const settings = benchServiceOf(config);
  const { play, seconds } = playOf(job.shape, settings, job.seed);
  const options = {
    dbPool: benchPool,
    taskStartSeconds: job.startSeconds,
    healthCheckSeconds,
    ...play.world,
  };
  const strategy = strategyOf(job.strategy);
  const demanded = strategy.knowsTraffic ? demandOf(options, seconds, job.seed) : [];
  const played: MeasuredSecond[] = [];
  const sandbox = createSandbox({
    config,
    service: benchService,
    world: { ...options, onSecond: (second) => void played.push(second) },
    seed: job.seed,
    alarmsStartRuns: strategy.startsRuns,
  });
  const leadSeconds = Math.ceil(job.startSeconds * slowestStart) + healthCheckSeconds + 2;
  const arena: Arena = { sandbox, ...clientsOf(sandbox, strategy.name), demanded, leadSeconds };
  try {
    const ready = strategy.prepare(arena);
    await sandbox.time.runUntil(() => false, 0);
    await ready;
    const prepared = sandbox.aws.calls.length;
    await sandbox.time.runUntil(() => false, seconds * 1000);
    sandbox.world.advance();
    const { thresholds } = config;
    return {
      score: scoreOf(played, thresholds.latencyP99Seconds.critical),
      apiCalls: sandbox.aws.calls.length - prepared,
      executions: countEnds(sandbox.engine.executions),
      ...(job.course ? { course: courseOf(played) } : {}),
    };
  } finally {
    sandbox.close();
  }
}

/** What the traffic asks for, second by second: the same world, watched without anything that scales. */
function demandOf(
  options: Omit<ServiceOptions, 'cluster' | 'name' | 'desiredCount'>,
  seconds: number,
  seed: number,
): number[] {
  const demanded: number[] = [];
  const { cluster, service: name, capacity } = benchServiceOf(benchConfig());
  let now = 0;
  const world = createWorld({
    now: () => now,
    random: mulberry32(seed ^ 0x1234567),
    services: [
      {
        cluster,
        name,
        desiredCount: capacity.baseline.desired,
        capacityPerTask: capacity.perTask.requestsPerMinute / 60,
        historySeconds: 1800,
        ...options,
        onSecond: (second) => void demanded.push(second.demanded),
      },
    ],
  });
  now = seconds * 1000;
  world.advance();
  return demanded;
}

function countEnds(
  executions: readonly { machine: string; status: string; error?: string }[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { machine, status, error } of executions) {
    const end = `${machine} ${error ?? status}`;
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
}

function courseOf(played: readonly MeasuredSecond[]): Course {
  const stepSeconds = Math.max(1, Math.ceil(played.length / courseSteps));
  const course: Course = { stepSeconds, demanded: [], running: [], p99Seconds: [] };
  for (let from = 0; from < played.length; from += stepSeconds) {
    const step = played.slice(from, from + stepSeconds);
    course.demanded.push(Math.max(...step.map((second) => second.demanded)));
    course.running.push(step.at(-1)?.running ?? 0);
    course.p99Seconds.push(Math.max(...step.map((second) => second.p99Seconds)));
  }
  return course;
}
