import { kindOfFunction } from '../facts/step-kinds.ts';
import { codesAt, listAt, numberAt, textAt, valueAt } from '../facts/values.ts';
import type { Invocation, Recording } from '../record/recording.ts';
import { type Checker, clock, each, executionOf, losesRecord, machineOf } from './checker.ts';

const isStatus = (one: Invocation, ...statuses: string[]) =>
  one.function === 'open-incident' && statuses.includes(textAt(one.result, 'status') ?? '');

/** Runs that got the lock, which a dry run does not; a repeated call of the same run counts once. */
/** Calls that took a lock of the service, be it that of its settings or that of its cache. */
const allTakers = ({ invocations }: Recording) =>
  invocations
    .filter(
      (one) =>
        isStatus(one, 'opened', 'continued') && valueAt(one.event, 'document', 'request', 'dryRun') !== true,
    )
    .filter((one, index, all) => all.findIndex(({ execution }) => execution === one.execution) === index);

const isOfCache = ({ result }: Invocation): boolean => textAt(result, 'lock') === 'cache';

const takers = (recording: Recording) => allTakers(recording).filter((one) => !isOfCache(one));

const eventOf = ({ event }: Invocation) => textAt(event, 'document', 'request', 'eventId');

/** Scenario 5: an event starts at most one run, however often it is delivered. */
export const oneEventOneRun: Checker = {
  name: '5 one event, one run',
  check(recording) {
    const byEvent = Map.groupBy(
      (losesRecord(recording) ? [] : takers(recording)).filter((one) => eventOf(one) !== undefined),
      eventOf,
    );
    return each([...byEvent], ([id, runs]) =>
      runs.length > 1 ? `${clock(runs[1]?.startedAt ?? 0)} event ${id} starts a run again` : undefined,
    );
  },
};

/** Scenario 6: an event whose alarm is OK by now starts nothing. */
export const lateEventsIgnored: Checker = {
  name: '6 late events are ignored',
  check(recording) {
    const { faults } = recording.incident;
    const stale = faults.some(
      (fault) => fault.kind === 'stale' && fault.call === 'cloudwatch:DescribeAlarms',
    );
    const looked = recording.invocations.filter((one) => one.function === 'intake' && sawOk(one));
    return each(stale ? [] : looked, ({ result, startedAt }) =>
      valueAt(result, 'act') === true
        ? `${clock(startedAt)} an event acts though its alarm is OK`
        : undefined,
    );
  },
};

const sawOk = ({ operations }: Invocation) =>
  operations.some(
    ({ name, body }) =>
      name === 'cloudwatch:DescribeAlarms' && textAt(body, 'body')?.includes('"StateValue":"OK"'),
  );

/** Invariant 6: a lock number belongs to one run. */
export const oneOwner: Checker = {
  name: '6 a lock number has one owner',
  check(recording) {
    const taken = losesRecord(recording) ? [] : allTakers(recording);
    const byNumber = Map.groupBy(
      taken,
      (one) => `${isOfCache(one) ? 'of the cache ' : ''}${numberAt(one.result, 'lockNumber')}`,
    );
    return each([...byNumber], ([number, runs]) =>
      runs.length > 1 ? `${runs.length} runs have lock number ${number}` : undefined,
    );
  },
};

/** Step Functions shows old answers: who looks whether a run is under way may be told otherwise. */
const misjudgesRuns = ({ incident }: Recording): boolean =>
  incident.faults.some((fault) => fault.kind === 'stale' && /^states:/.test(fault.call));

/** Workflows that an alarm supersedes. */
const makesWay: ReadonlySet<string> = new Set([
  ...['scale-in', 'configure-autoscaling', 'pgbouncer-emergency'],
]);

/** What is no emergency of any kind: who is there for the pools stops nothing else. */
const canWait: ReadonlySet<string> = new Set(['scale-in', 'configure-autoscaling']);

/** A run that has recorded its end handles nothing. */
function mayStop(
  taker: string | undefined,
  holder: Recording['locks'][number]['record'] | undefined,
): boolean {
  if (taker !== 'emergency-scaling' && taker !== 'pgbouncer-emergency') return false;
  const stopped = taker === 'emergency-scaling' ? makesWay : canWait;
  return holder?.outcome !== undefined || stopped.has(holder?.machine ?? '');
}

/** Invariant 6: nobody takes the lock of a run that is under way, except who may. */
export const liveRunKeepsLock: Checker = {
  name: '6 a live run keeps its lock',
  check(recording) {
    const taken = takers(recording).filter((one) => machineOf(recording, one) !== 'rollback');
    return each(misjudgesRuns(recording) || losesRecord(recording) ? [] : taken, (one) => {
      const number = numberAt(one.result, 'lockNumber') ?? 0;
      const before = recording.locks.findLast(({ record }) => record.lockNumber === number - 1)?.record;
      const owner = executionOf(recording, before?.owner);
      const startedBy = textAt(one.event, 'document', 'request', 'startedBy');
      const mayTake = startedBy === before?.owner || mayStop(machineOf(recording, one), before);
      const lives = owner && owner.arn !== one.execution && (owner.stopDate ?? Infinity) > (one.endedAt ?? 0);
      return lives && !mayTake
        ? `${clock(one.startedAt)} ${one.execution?.split(':').at(-1)} takes the lock of ${owner.machine}, which is under way`
        : undefined;
    });
  },
};

/** Invariant 6, of the cache: one run relieves it at a time. */
export const oneRunRelieves: Checker = {
  name: '6 one run relieves a cache',
  check(recording) {
    const taken = allTakers(recording).filter(isOfCache);
    return each(misjudgesRuns(recording) ? [] : taken, (one) => {
      const others = taken.filter(
        ({ id, execution }) =>
          id < one.id &&
          execution !== one.execution &&
          (executionOf(recording, execution)?.stopDate ?? Infinity) > (one.endedAt ?? 0),
      );
      return others.length > 0
        ? `${clock(one.startedAt)} ${one.execution?.split(':').at(-1)} relieves a cache that ${others[0]?.execution?.split(':').at(-1)} relieves`
        : undefined;
    });
  },
};

/** Scenario 40: an alarm does not wait for a scale-in that is under way. Scenario 22: nobody waits for themselves. */
export const joinsOnlyHelp: Checker = {
  name: '40 an alarm ends a scale-in',
  check(recording) {
    const joined = recording.invocations.filter(
      (one) => isStatus(one, 'joined') && machineOf(recording, one) === 'emergency-scaling',
    );
    return each(joined, (one) => {
      const lock = recording.locks.findLast(({ at }) => at <= (one.endedAt ?? 0))?.record;
      if (lock?.owner === one.execution)
        return `${clock(one.startedAt)} ${one.execution?.split(':').at(-1)} holds the lock and joins itself`;
      const handled = codesAt(one.result, 'reasons').includes('event-handled');
      return makesWay.has(lock?.machine ?? '') && !handled
        ? `${clock(one.startedAt)} an alarm joins ${lock?.machine}`
        : undefined;
    });
  },
};

/** Scenario 21: whoever hears of a stopped or timed out run says so. */
export const stoppedIsTold: Checker = {
  name: '13 a stopped run is told',
  check(recording) {
    const watched = recording.invocations.filter(
      (one) =>
        one.function === 'watch-executions' &&
        one.result !== undefined &&
        ['ABORTED', 'TIMED_OUT'].includes(textAt(one.event, 'detail', 'status') ?? ''),
    );
    return each(watched, ({ event, result }) =>
      listAt(result, 'told').length > 0
        ? undefined
        : `${textAt(event, 'detail', 'name')} ended ${textAt(event, 'detail', 'status')}, and nobody was told`,
    );
  },
};

/** Scenarios 4, 10, 20, 42 and 45: what the run itself wrote is not taken for a person's change. */
export const noFalsePerson: Checker = {
  name: '8 no person where there is none',
  check(recording) {
    const { incident, people } = recording;
    const others =
      // The pipeline deploys during a run: that is no change of a setting.
      people.some(({ changed }) => Object.keys(changed).some((setting) => setting !== 'taskDefinition')) ||
      // Whoever configures autoscaling is a person too.
      recording.executions.some(({ machine }) => machine === 'configure-autoscaling') ||
      recording.goneAt !== undefined ||
      incident.faults.some(({ kind }) => kind === 'stale');
    const writers = recording.invocations.filter((one) => kindOfFunction[one.function] === 'write');
    return each(others ? [] : writers, (one) =>
      one.error === 'ChangedByPersonError' && !isShownLate(recording, one)
        ? `${clock(one.startedAt)} ${one.function} in "${one.state}" sees a person's change, but nobody changed anything`
        : undefined,
    );
  },
};

/** Whether the run that was superseded wrote so lately that ECS shows it only in the middle of this one. */
const isShownLate = (
  { incident: { faults }, writes }: Recording,
  { startedAt, execution }: Invocation,
): boolean =>
  faults.some(
    (fault) =>
      fault.kind === 'lag' &&
      writes.some(
        ({ at, invocation }) =>
          invocation !== undefined &&
          invocation.execution !== execution &&
          at <= startedAt &&
          startedAt - at <= 1000 * (fault.seconds + 5),
      ),
  );

/** A fifth of what Step Functions allows: the waits of these plays are shorter, and so are their runs. */
const mostEvents = 5000;

/** Scenario 31: no history comes near the limit of 25,000 events. */
export const shortHistories: Checker = {
  name: '31 short histories',
  check: ({ executions }) =>
    each(executions, ({ name, history }) =>
      history.length > mostEvents ? `${name} has ${history.length} events` : undefined,
    ),
};
