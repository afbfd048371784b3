import type { Score } from './score.ts';
import { type Run, scoreOfRuns } from './summary.ts';

/** A comparison with another strategy, and what was aimed at. */
export interface Goal {
  name: string;
  /** A ratio; absent when it would divide by zero. */
  value?: number;
  goal: string;
  met: boolean;
  /** The ratio that the bound reaches: what no reaction to CloudWatch's metrics can exceed. */
  possible?: number;
}

/** Ratios of ours against target tracking at 70 % and against the person with a reaction time. */
export function goalsOf(scores: Record<'ours' | 'tracking' | 'person' | 'bound', Score>): Goal[] {
  const { ours, tracking, person, bound } = scores;
  const limit = bound.badSeconds;
  return [
    fewer('bad minutes: target tracking ÷ ours', tracking.badSeconds, ours.badSeconds, 12, limit),
    fewer('bad minutes: person after 3 min ÷ ours', person.badSeconds, ours.badSeconds, 25, limit),
    atMost('over-provisioning: ours ÷ target tracking', ours.overTaskSeconds, tracking.overTaskSeconds, 0.9),
  ];
}

function fewer(name: string, theirs: number, own: number, least: number, limit: number): Goal {
  const goal = `at least ${least}`;
  const possible = limit === 0 ? {} : { possible: theirs / limit };
  if (own === 0) return { name, goal, met: true, ...possible };
  return { name, value: theirs / own, goal, met: theirs / own >= least, ...possible };
}

function atMost(name: string, own: number, theirs: number, most: number): Goal {
  const goal = `at most ${most}`;
  if (theirs === 0) return { name, goal, met: own === 0 };
  return { name, value: own / theirs, goal, met: own / theirs <= most };
}

/** The goals of ours against the others, all runs together. */
export function goalsOfRuns(runs: readonly Run[]): Goal[] {
  const of = (name: string) => scoreOfRuns(runs.filter(({ job }) => job.strategy === name));
  return goalsOf({
    ours: of('ours'),
    tracking: of('target-tracking'),
    person: of('person-3min'),
    bound: of('bound'),
  });
}

/** The goals, one line each, and whether they are met. */
export function goalLines(runs: readonly Run[]): string[] {
  return goalsOfRuns(runs).map(({ name, value, goal, met, possible }) => {
    const ratio = value === undefined ? 'divides by zero' : value.toFixed(2);
    const most = possible === undefined ? '' : `; the bound reaches ${possible.toFixed(2)}`;
    return `${met ? 'met    ' : 'not met'}  ${name}: ${ratio} (goal: ${goal}${most})`;
  });
}
