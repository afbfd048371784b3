import type { Score } from './score.ts';

/** A comparison with another strategy, and what was aimed at. */
export interface Goal {
  name: string;
  /** A ratio; absent when it would divide by zero. */
  value?: number;
  goal: string;
  met: boolean;
}

/** Ratios of ours against target tracking at 70 % and against the person with a reaction time. */
export function goalsOf(ours: Score, tracking: Score, person: Score): Goal[] {
  return [
    fewer('bad minutes: target tracking ÷ ours', tracking.badSeconds, ours.badSeconds, 12),
    fewer('bad minutes: person after 3 min ÷ ours', person.badSeconds, ours.badSeconds, 25),
    atMost('over-provisioning: ours ÷ target tracking', ours.overTaskSeconds, tracking.overTaskSeconds, 0.9),
  ];
}

function fewer(name: string, theirs: number, own: number, least: number): Goal {
  const goal = `at least ${least}`;
  if (own === 0) return { name, goal, met: true };
  return { name, value: theirs / own, goal, met: theirs / own >= least };
}

function atMost(name: string, own: number, theirs: number, most: number): Goal {
  const goal = `at most ${most}`;
  if (theirs === 0) return { name, goal, met: own === 0 };
  return { name, value: own / theirs, goal, met: own / theirs <= most };
}
