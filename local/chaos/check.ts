import {
  absoluteWrites,
  approvedReductions,
  ceilingFirst,
  floorAndCeiling,
  notWhileDeploying,
  rollbackKeepsCapacity,
  rollbackStaysBack,
  smallSteps,
  stoppedKeepsCapacity,
  unknownBlocksScaleIn,
} from './checkers/capacity.ts';
import type { Checker } from './checkers/checker.ts';
import {
  faultyInputRefused,
  greenMeansGood,
  heldAndAlerted,
  namedEnds,
  noticesFailLoudly,
} from './checkers/endings.ts';
import {
  hourlyCap,
  joinsTheLiving,
  lockChecked,
  oneWriter,
  readersOnlyRead,
  switchStops,
} from './checkers/locks.ts';
import { peopleWin, restoredMeansRestored, snapshotFirst } from './checkers/settings.ts';
import type { Recording } from './recording.ts';

/** Every invariant that is checked. */
export const checkers: readonly Checker[] = [
  floorAndCeiling,
  smallSteps,
  unknownBlocksScaleIn,
  notWhileDeploying,
  lockChecked,
  oneWriter,
  joinsTheLiving,
  absoluteWrites,
  ceilingFirst,
  peopleWin,
  snapshotFirst,
  restoredMeansRestored,
  rollbackKeepsCapacity,
  rollbackStaysBack,
  approvedReductions,
  stoppedKeepsCapacity,
  readersOnlyRead,
  hourlyCap,
  switchStops,
  faultyInputRefused,
  namedEnds,
  greenMeansGood,
  heldAndAlerted,
  noticesFailLoudly,
];

export interface Violation {
  invariant: string;
  text: string;
}

/** What a run violated, and how often each invariant had something to check in it. */
export function check(recording: Recording): { violations: Violation[]; live: Record<string, number> } {
  const violations: Violation[] = [];
  const live: Record<string, number> = {};
  for (const { name, check: judge } of checkers) {
    const checked = judge(recording);
    live[name] = checked.live;
    violations.push(...checked.findings.map((text) => ({ invariant: name, text })));
  }
  return { violations, live };
}
