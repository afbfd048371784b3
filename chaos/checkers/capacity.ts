import { numberAt, sameValue, valueAt } from '../facts/values.ts';
import { type Checker, each, numberSeen, planOf, productWrites, readOf, together, told } from './checker.ts';
import { wayBackOf } from './settings.ts';

/** Invariant 1: desired count and bounds stay between the floor and the configured ceiling. */
export const floorAndCeiling: Checker = {
  name: '1 floor and ceiling',
  check(recording) {
    const { capacity } = recording.service;
    const ceiling = Math.min(capacity.emergency.max, capacity.taskQuota);
    return each(productWrites(recording), (write) => {
      const { from, to } = write;
      const [before, desired] = [numberAt(from, 'desired'), numberAt(to, 'desired')];
      const back = wayBackOf(write.snapshot, recording);
      const floor = Math.max(capacity.baseline.min, numberAt(back, 'bounds', 'min') ?? 0);
      if (desired !== undefined && before !== undefined) {
        if (desired < before && desired < floor) return `below the floor of ${floor}: ${told(write)}`;
        if (desired > before && desired > ceiling) return `above the ceiling of ${ceiling}: ${told(write)}`;
      }
      const shown = [from.max, numberSeen(recording, write, 'max'), valueAt(write.snapshot, 'bounds', 'max')];
      const highest = Math.max(ceiling, ...shown.filter((max) => typeof max === 'number'));
      if ((numberAt(to, 'max') ?? 0) > highest) return `max above ${highest}: ${told(write)}`;
      if ((numberAt(to, 'min') ?? 0) > ceiling) return `min above the ceiling of ${ceiling}: ${told(write)}`;
      return undefined;
    });
  },
};

/** Invariant 7: what is written is the plan's absolute number, and a step that is repeated changes nothing more. */
export const absoluteWrites: Checker = {
  name: '7 absolute writes',
  check(recording) {
    const writes = productWrites(recording).filter(({ who }) => who !== 'application-autoscaling');
    const byEntry = Map.groupBy(
      // One step sets several sizes: that none is set twice has a checker of its own. Keys are removed batch by batch.
      writes.filter(({ call }) => call !== 'pgbouncer:SET' && call !== 'redis:UNLINK'),
      ({ invocation, call }) => `${invocation.execution} ${invocation.stateEntry} ${call}`,
    );
    const repeated = [...byEntry.values()].filter((group) => group.length > 1);
    return together(
      each(
        writes.filter(({ invocation, to }) => invocation.function === 'scale-out' && 'desired' in to),
        (write) =>
          numberAt(write.to, 'desired') === numberAt(planOf(write.invocation), 'desired', 'to')
            ? undefined
            : `not the plan's number: ${told(write)}`,
      ),
      each(repeated, (group) => {
        const people = recording.people.some(
          ({ at }) => at >= (group[0]?.at ?? 0) && at <= (group.at(-1)?.at ?? 0),
        );
        const [first] = group;
        const other = group.find((write) => first && !sameValue(write.to, first.to));
        return other && first && !people
          ? `the repeated step did something more: ${told(first)}; then ${told(other)}`
          : undefined;
      }),
    );
  },
};

/** Order of writes: max before the count, and scaling in suspended before the count is raised. */
export const ceilingFirst: Checker = {
  name: 'order: bounds before count',
  check(recording) {
    const raises = productWrites(recording).filter(
      ({ invocation, to, after, at }) =>
        invocation.function === 'scale-out' &&
        'desired' in to &&
        after.max !== undefined &&
        !recording.people.some((act) => act.at <= at && ('max' in act.changed || 'suspended' in act.changed)),
    );
    // Who is shown bounds of before cannot know better.
    const stale = recording.incident.faults.some(
      (fault) => fault.kind === 'stale' && fault.call === readOf.suspended,
    );
    return each(stale ? [] : raises, (write) => {
      const desired = numberAt(write.to, 'desired') ?? 0;
      if (desired > (write.after.max ?? Infinity)) return `max is ${write.after.max}: ${told(write)}`;
      return write.after.suspended?.dynamicScalingIn
        ? undefined
        : `autoscaling may scale in meanwhile: ${told(write)}`;
    });
  },
};

/** Invariant 13: after somebody stopped a run, that run writes nothing more, and autoscaling lowers nothing. */
export const stoppedKeepsCapacity: Checker = {
  name: '13 a dead run keeps capacity',
  check(recording) {
    const { stopped } = recording;
    const raised = recording.writes.find(({ invocation, to }) => invocation && 'suspended' in to);
    // Who registers the target has the count moved into its bounds.
    const free = recording.people.some(
      ({ changed }) => 'suspended' in changed || 'min' in changed || 'max' in changed,
    );
    return together(
      each(
        productWrites(recording).filter(({ invocation }) => stopped.has(invocation.execution ?? '')),
        (write) =>
          write.invocation.startedAt > (stopped.get(write.invocation.execution ?? '') ?? Infinity)
            ? `its execution was stopped before: ${told(write)}`
            : undefined,
      ),
      each(raised && !free ? recording.writes.filter(({ at }) => at > raised.at) : [], (write) => {
        const lower = (numberAt(write.to, 'desired') ?? Infinity) < (numberAt(write.from, 'desired') ?? 0);
        const restored = recording.ends.some(
          (end) => end.at <= write.at && valueAt(end.execution.output, 'outcome', 'outcome') === 'restored',
        );
        const resuming = write.after.suspended?.dynamicScalingIn === false;
        return lower && write.who === 'application-autoscaling' && !write.invocation && !restored && !resuming
          ? `autoscaling undoes the scale-out: ${told(write)}`
          : undefined;
      }),
    );
  },
};
