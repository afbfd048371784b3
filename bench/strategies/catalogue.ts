import { bound } from './bound.ts';
import { oracle } from './oracle.ts';
import { ours } from './ours.ts';
import { person } from './person.ts';
import { stepScaling, targetTracking, targetTracking20 } from './policies.ts';
import type { Strategy } from './strategy.ts';

/** All strategies, in the order in which they are shown; the last two know the traffic and show what is possible. */
export const strategies: readonly Strategy[] = [
  person('person-3min', 'person, reacts after 3 min', 180),
  person('person-at-once', 'person, reacts at once', 0),
  targetTracking,
  targetTracking20,
  stepScaling,
  ours,
  bound,
  oracle,
];

/** @throws Error for an unknown name. */
export function strategyOf(name: string): Strategy {
  const found = strategies.find((strategy) => strategy.name === name);
  if (!found) throw new Error(`no strategy ${name}`);
  return found;
}
