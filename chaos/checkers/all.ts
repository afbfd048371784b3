import type { Recording } from '../record/recording.ts';
import {
  answersStay,
  decidedShowsDecision,
  forgersRefused,
  onlyPeopleDecide,
  removedHaveNoVote,
  unansweredEscalated,
  unsentNotAwaited,
} from './approvals.ts';
import {
  absentStaysAbsent,
  limitsNotRepeated,
  nothingToDeleted,
  passingErrorsRepeated,
  urgentTwoWays,
} from './calls.ts';
import {
  affectedAreHelped,
  calmIsAsBefore,
  itsOwnTargetGroup,
  leftOutIsNotUnknown,
  silentConvictsNobody,
  vanishedIsNotCalm,
} from './calm.ts';
import { absoluteWrites, ceilingFirst, floorAndCeiling, stoppedKeepsCapacity } from './capacity.ts';
import type { Checker } from './checker.ts';
import {
  endsSayWords,
  faultyInputRefused,
  greenMeansGood,
  heldAndAlerted,
  heldSaysWhy,
  namedEnds,
  noticesFailLoudly,
} from './endings.ts';
import {
  enoughIsEnough,
  inTheWayIsTold,
  killsAreNamed,
  pausesAreSaid,
  plansCanBeCarriedOut,
} from './in-the-field.ts';
import { joinedCounts, joinedIsSeen, supersededBySomebody } from './joined.ts';
import { hourlyCap, joinsTheLiving, lockChecked, oneWriter, readersOnlyRead, switchStops } from './locks.ts';
import { boundIsNoValue, neighboursAreNotOurs, zerosAreNoValues } from './metrics.ts';
import {
  joinsOnlyHelp,
  lateEventsIgnored,
  liveRunKeepsLock,
  noFalsePerson,
  oneEventOneRun,
  oneOwner,
  oneRunRelieves,
  shortHistories,
  stoppedIsTold,
} from './owners.ts';
import { peopleWin } from './people.ts';
import {
  dependencyFirst,
  downIsNamed,
  failingAddsNothing,
  okRaisesNothing,
  onlyFailingStartsHold,
  passingIsAwaited,
  poolFirst,
  vainWaitExplained,
} from './planning.ts';
import { approvedReductions } from './reductions.ts';
import { restoredByHandCloses, restoredSaysWhatDiffers } from './restored.ts';
import {
  deadReleasesEnd,
  notBackToABadOne,
  onlyTheGuilty,
  rollbackKeepsCapacity,
  rollbackStaysBack,
  rollbackTakesNoTasks,
} from './rollback.ts';
import { notWhileDeploying, smallSteps, unknownBlocksScaleIn } from './scale-in.ts';
import {
  databaseBearsRemovals,
  flushIsAskedFor,
  keysGoInBatches,
  personsPolicyStays,
  reliefsAreApproved,
} from './servers/cache.ts';
import {
  lastSlotStays,
  noTaskWithoutSlot,
  personsPoolStays,
  poolsComeFirst,
  poolsGoBack,
  setsOnce,
} from './servers/pools.ts';
import { raisedIsNotNormal, restoredMeansRestored, schedulesWait, snapshotFirst } from './settings.ts';
import { stormStartsOurs, webhookRefuses } from './webhook.ts';

/** Every invariant that is checked. */
export const checkers: readonly Checker[] = [
  floorAndCeiling,
  smallSteps,
  unknownBlocksScaleIn,
  notWhileDeploying,
  calmIsAsBefore,
  affectedAreHelped,
  itsOwnTargetGroup,
  leftOutIsNotUnknown,
  silentConvictsNobody,
  vanishedIsNotCalm,
  lockChecked,
  oneWriter,
  joinsTheLiving,
  absoluteWrites,
  ceilingFirst,
  peopleWin,
  snapshotFirst,
  restoredMeansRestored,
  schedulesWait,
  raisedIsNotNormal,
  rollbackKeepsCapacity,
  rollbackStaysBack,
  rollbackTakesNoTasks,
  onlyTheGuilty,
  notBackToABadOne,
  deadReleasesEnd,
  approvedReductions,
  stoppedKeepsCapacity,
  readersOnlyRead,
  hourlyCap,
  switchStops,
  faultyInputRefused,
  namedEnds,
  endsSayWords,
  greenMeansGood,
  heldAndAlerted,
  heldSaysWhy,
  noticesFailLoudly,
  passingErrorsRepeated,
  limitsNotRepeated,
  nothingToDeleted,
  absentStaysAbsent,
  urgentTwoWays,
  oneEventOneRun,
  lateEventsIgnored,
  oneOwner,
  liveRunKeepsLock,
  oneRunRelieves,
  joinsOnlyHelp,
  stoppedIsTold,
  noFalsePerson,
  shortHistories,
  okRaisesNothing,
  failingAddsNothing,
  onlyFailingStartsHold,
  poolFirst,
  dependencyFirst,
  passingIsAwaited,
  downIsNamed,
  vainWaitExplained,
  onlyPeopleDecide,
  forgersRefused,
  decidedShowsDecision,
  answersStay,
  unansweredEscalated,
  unsentNotAwaited,
  webhookRefuses,
  stormStartsOurs,
  boundIsNoValue,
  neighboursAreNotOurs,
  zerosAreNoValues,
  joinedCounts,
  joinedIsSeen,
  supersededBySomebody,
  restoredSaysWhatDiffers,
  restoredByHandCloses,
  removedHaveNoVote,
  killsAreNamed,
  plansCanBeCarriedOut,
  enoughIsEnough,
  pausesAreSaid,
  inTheWayIsTold,
  lastSlotStays,
  noTaskWithoutSlot,
  poolsComeFirst,
  setsOnce,
  personsPoolStays,
  poolsGoBack,
  reliefsAreApproved,
  flushIsAskedFor,
  databaseBearsRemovals,
  personsPolicyStays,
  keysGoInBatches,
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
