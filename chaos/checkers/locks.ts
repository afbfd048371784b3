import { writingCalls } from '../facts/documented-errors.ts';
import { codesAt, numberAt, textAt } from '../facts/values.ts';
import {
  type Checker,
  clock,
  each,
  executionOf,
  lockKeyOf,
  lockNumberOf,
  losesRecord,
  machineOf,
  productWrites,
  told,
} from './checker.ts';

/** Longest from the check of the lock to the request that it is for, virtual milliseconds. */
const directly = 15_000;

/** Invariant 5: the lock number is read and found to be the run's own directly before every write. */
export const lockChecked: Checker = {
  name: '5 lock checked before writes',
  check(recording) {
    const key = lockKeyOf(recording);
    const requests = recording.invocations.flatMap((invocation) =>
      invocation.operations
        .map((operation, index) => ({ invocation, operation, index }))
        .filter(({ operation }) => writingCalls.includes(operation.name)),
    );
    return each(requests, ({ invocation, operation, index }) => {
      const check = invocation.operations
        .slice(0, index)
        .findLast(({ name, key: read }) => name === 'store:read' && read === key);
      const what = `${clock(operation.at)} ${invocation.function} ${operation.name}`;
      if (!check) return `${what}: the lock was never read`;
      if (numberAt(check.body, 'body', 'lockNumber') !== lockNumberOf(invocation))
        return `${what}: the lock that was read is not its own`;
      return operation.at - check.at > directly
        ? `${what}: the lock was read ${(operation.at - check.at) / 1000} s before`
        : undefined;
    });
  },
};

/** What is done to a cache is done under a lock of its own. */
const isOfService = ({ call }: { call: string }): boolean => !call.startsWith('redis:');

/** Invariant 6: nobody sends a write while another run holds the lock. */
export const oneWriter: Checker = {
  name: '6 one live run writes',
  check: (recording) =>
    each(losesRecord(recording) ? [] : productWrites(recording).filter(isOfService), (write) => {
      // Between the check and the request another run may always slip in; it reads everything after that.
      const holder = recording.locks.findLast(({ at }) => at < write.issuedAt - 1000);
      const own = lockNumberOf(write.invocation);
      return holder && holder.record.lockNumber > (own ?? 0)
        ? `lock number ${own}, but ${holder.record.machine} has ${holder.record.lockNumber} since ${clock(holder.at)}: ${told(write)}`
        : undefined;
    }),
};

/** Invariant 6: a run joins only what really runs, or its alarm would be lost. */
export const joinsTheLiving: Checker = {
  name: '6 joins a live run',
  check(recording) {
    const disturbed = recording.incident.faults.some(
      (fault) => fault.kind === 'stale' && fault.call === 'states:DescribeExecution',
    );
    const joined = recording.invocations.filter(
      ({ function: name, result }) => name === 'open-incident' && textAt(result, 'status') === 'joined',
    );
    // An event that was handled before starts nothing, whoever handled it.
    const anew = joined.filter(({ result }) => !codesAt(result, 'reasons').includes('event-handled'));
    return each(disturbed ? [] : anew, ({ startedAt, endedAt = startedAt, execution }) => {
      const lock = recording.locks.findLast(({ at }) => at <= endedAt)?.record;
      const owner = executionOf(recording, lock?.owner);
      const ended = owner?.stopDate;
      return ended !== undefined && ended < startedAt
        ? `${clock(startedAt)} ${execution?.split(':').at(-1)} joined ${owner?.machine}, which ended ${clock(ended)}`
        : undefined;
    });
  },
};

/** Invariant 15: at most the configured number of emergency runs within an hour. */
export const hourlyCap: Checker = {
  name: '15 runs per hour',
  check(recording) {
    const limit = recording.config.limits.emergencyRunsPerHour;
    const starts = recording.invocations
      .filter(
        (one) =>
          one.function === 'open-incident' &&
          machineOf(recording, one) === 'emergency-scaling' &&
          ['opened', 'continued'].includes(textAt(one.result, 'status') ?? ''),
      )
      .filter((one, index, all) => all.findIndex(({ execution }) => execution === one.execution) === index)
      .map(({ startedAt }) => startedAt);
    // The runs of the hour stand in the record.
    return each(losesRecord(recording) ? [] : starts, (start) => {
      const within = starts.filter((other) => other <= start && other > start - 3_595_000).length;
      return within > limit ? `${within} emergency runs within an hour at ${clock(start)}` : undefined;
    });
  },
};

/** Invariant 15: while the switch is off, nobody sends a write. */
export const switchStops: Checker = {
  name: '15 the switch stops writes',
  check: (recording) =>
    each(recording.switched.length > 0 ? productWrites(recording) : [], (write) => {
      // Whoever wrote may have looked at any moment of the second before.
      const before = recording.switched.filter(({ at }) => at <= write.issuedAt);
      const last = before.findLast(({ at }) => at < write.issuedAt - 1000);
      return last?.on === false && !before.at(-1)?.on
        ? `the switch is off since ${clock(last.at)}: ${told(write)}`
        : undefined;
    }),
};

const readers: ReadonlySet<string> = new Set([
  'intake',
  'open-incident',
  'assess',
  'plan',
  'take-snapshot',
  'wait-verify',
  'request-approval',
  'remind-approvers',
  'approval',
  'notify',
  'close-incident',
  'read-pools',
  'check-redis',
  'read-autoscaling',
  'watch-executions',
]);

/** Invariant 14: what only reads, plans, asks and tells calls nothing that changes a service. */
export const readersOnlyRead: Checker = {
  name: '14 readers only read',
  check: (recording) =>
    each(
      recording.invocations.filter(({ function: name }) => readers.has(name)),
      ({ function: name, operations, startedAt }) => {
        const written = operations.find((operation) => writingCalls.includes(operation.name));
        return written && `${clock(startedAt)} ${name} calls ${written.name}`;
      },
    ),
};
