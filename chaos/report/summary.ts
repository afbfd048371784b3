import { check } from '../checkers/all.ts';
import type { RareName } from '../generate/circumstances.ts';
import { incidentOf } from '../generate/generate.ts';
import { playIncident } from '../play.ts';
import { addReach, type Reach } from '../record/reach.ts';
import { bothTraces, noTrace } from '../record/trace.ts';

/** What a number of plays came to; sent between processes, so plain data. */
export interface Summary {
  runs: number;
  executions: number;
  writes: number;
  /** Of all runs together: the same seeds were played in the same way, in whatever order. */
  trace: string;
  /** How often each invariant had something to check, and in how many plays. */
  live: Record<string, { checks: number; plays: number }>;
  /** Fault → step → how often it met it. */
  reach: Record<string, Record<string, number>>;
  /** The first finding of each violated invariant of each failing seed. */
  violations: { seed: number; invariant: string; text: string }[];
}

export const emptySummary = (): Summary => ({
  runs: 0,
  executions: 0,
  writes: 0,
  trace: noTrace,
  live: {},
  reach: {},
  violations: [],
});

/**
 * Plays a seed's incident and checks every invariant.
 * @param within circumstances of which each incident holds one, in turns
 */
export async function playSeed(seed: number, within: readonly RareName[] = []): Promise<Summary> {
  const recording = await playIncident(incidentOf(seed, within), seed);
  const { violations, live } = check(recording);
  const first = violations.filter(
    ({ invariant }, index) => violations.findIndex((other) => other.invariant === invariant) === index,
  );
  return {
    runs: 1,
    executions: recording.executions.length,
    writes: recording.writes.filter(({ invocation }) => invocation).length,
    trace: recording.hash(),
    live: Object.fromEntries(
      Object.entries(live).map(([name, checks]) => [name, { checks, plays: checks > 0 ? 1 : 0 }]),
    ),
    reach: Object.fromEntries(
      [...recording.reach].map(([fault, steps]) => [fault, Object.fromEntries(steps)]),
    ),
    violations: first.map((violation) => ({ seed, ...violation })),
  };
}

/** The sum of two summaries. */
export function plus(a: Summary, b: Summary): Summary {
  const live = { ...a.live };
  for (const [name, { checks, plays }] of Object.entries(b.live)) {
    const known = live[name] ?? { checks: 0, plays: 0 };
    live[name] = { checks: known.checks + checks, plays: known.plays + plays };
  }
  const reach: Reach = new Map();
  for (const part of [a.reach, b.reach]) {
    addReach(
      reach,
      new Map(Object.entries(part).map(([fault, steps]) => [fault, new Map(Object.entries(steps))])),
    );
  }
  return {
    runs: a.runs + b.runs,
    executions: a.executions + b.executions,
    writes: a.writes + b.writes,
    trace: bothTraces(a.trace, b.trace),
    live,
    reach: Object.fromEntries([...reach].map(([fault, steps]) => [fault, Object.fromEntries(steps)])),
    violations: [...a.violations, ...b.violations],
  };
}
