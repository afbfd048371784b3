import type { MeasuredSecond } from '../../sandbox/world/model/measures.ts';

/**
 * What one run came to, as sums that can be pooled over runs. Demand d is the least task count that keeps p99 below
 * the warning for the traffic of that second; supply is what serves (too few) or runs (too many).
 * Source of the elasticity metrics: Herbst et al., "Ready for rain? A view from SPEC research on the future of cloud
 * metrics", SPEC Research Group.
 */
export interface Score {
  seconds: number;
  /** Seconds with p99 above critical, or with more than 1 % of the requests failed. */
  badSeconds: number;
  /** Σ max(running − d, 0), task-seconds. */
  overTaskSeconds: number;
  /** Σ running, task-seconds. */
  taskSeconds: number;
  /** Σ max(d − serving, 0) / d: the numerator of θU. */
  underShare: number;
  /** Σ max(running − d, 0) / d: the numerator of θO. */
  overShare: number;
  /** Seconds with serving < d: the numerator of τU. */
  underSeconds: number;
  /** Seconds with running > d: the numerator of τO. */
  overSeconds: number;
  /** Length of each spell from the moment in which the demand exceeds what serves until enough serve, seconds. */
  spells: number[];
  peakTasks: number;
}

/** A pause shorter than this does not end a spell: the demand of a minute varies. */
const pauseSeconds = 60;

/** Scores the seconds of one run. */
export function scoreOf(played: readonly MeasuredSecond[], p99CriticalSeconds: number): Score {
  const score: Score = {
    seconds: played.length,
    badSeconds: 0,
    overTaskSeconds: 0,
    taskSeconds: 0,
    underShare: 0,
    overShare: 0,
    underSeconds: 0,
    overSeconds: 0,
    spells: spellsOf(played),
    peakTasks: 0,
  };
  for (const { p99Seconds, running, healthy, demanded } of played) {
    if (p99Seconds > p99CriticalSeconds) score.badSeconds += 1;
    score.taskSeconds += running;
    score.overTaskSeconds += Math.max(0, running - demanded);
    score.underShare += Math.max(0, demanded - healthy) / demanded;
    score.overShare += Math.max(0, running - demanded) / demanded;
    if (healthy < demanded) score.underSeconds += 1;
    if (running > demanded) score.overSeconds += 1;
    score.peakTasks = Math.max(score.peakTasks, running);
  }
  return score;
}

function spellsOf(played: readonly MeasuredSecond[]): number[] {
  const spells: { from: number; to: number }[] = [];
  played.forEach(({ healthy, demanded }, second) => {
    if (healthy >= demanded) return;
    const last = spells.at(-1);
    if (last && second - last.to < pauseSeconds) last.to = second + 1;
    else spells.push({ from: second, to: second + 1 });
  });
  return spells.map(({ from, to }) => to - from);
}

/** One score for all runs: sums, all spells, the highest peak. */
export function pool(scores: readonly Score[]): Score {
  const sum = (pick: (score: Score) => number) => scores.reduce((total, score) => total + pick(score), 0);
  return {
    seconds: sum((score) => score.seconds),
    badSeconds: sum((score) => score.badSeconds),
    overTaskSeconds: sum((score) => score.overTaskSeconds),
    taskSeconds: sum((score) => score.taskSeconds),
    underShare: sum((score) => score.underShare),
    overShare: sum((score) => score.overShare),
    underSeconds: sum((score) => score.underSeconds),
    overSeconds: sum((score) => score.overSeconds),
    spells: scores.flatMap((score) => score.spells),
    peakTasks: Math.max(0, ...scores.map((score) => score.peakTasks)),
  };
}

/** The nearest-rank percentile; undefined of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
