import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import { sandboxStart } from '../../sandbox/sandbox.ts';
import { type SettingName, settingOf } from '../cast/people.ts';
import { numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import type { Recording } from '../record/recording.ts';
import { type Checker, clock, each, machineOf, productWrites, together, told } from './checker.ts';

/** Invariant 9: the snapshot is stored before the first write, says what was there, and is never replaced. */
export const snapshotFirst: Checker = {
  name: '9 snapshot before writes',
  check(recording) {
    const writes = productWrites(recording).filter(({ invocation }) =>
      ['emergency-scaling', 'pgbouncer-emergency'].includes(machineOf(recording, invocation) ?? ''),
    );
    const firsts = writes.filter(
      (write, index) => writes.findIndex(({ lock }) => lock?.incidentId === write.lock?.incidentId) === index,
    );
    const keys = Map.groupBy(recording.snapshots, ({ key }) => key);
    return together(
      each(writes, (write) => (write.snapshot ? undefined : `no snapshot is stored: ${told(write)}`)),
      each(firsts, (write) => {
        if (recording.people.some(({ at }) => at <= write.at)) return undefined;
        // One may have fired between the snapshot and the write.
        if (scheduledIn(recording, write.at).length > 0) return undefined;
        const wrong = (['min', 'max', 'suspended'] as const).find(
          (field) =>
            field in write.from && !sameValue(write.from[field], valueAt(write.snapshot, 'bounds', field)),
        );
        return wrong && `the snapshot has another ${wrong}: ${told(write)}`;
      }),
      each([...keys], ([key, versions]) =>
        versions.some(({ body }) => !sameValue(body, versions[0]?.body)) ? `${key} was replaced` : undefined,
      ),
    );
  },
};

/** Scheduled actions that were due until a moment, after another one. */
export const scheduledIn = ({ incident }: Recording, until: number, after = 0) =>
  incident.faults.flatMap((fault) => {
    if (fault.kind !== 'scheduled-action') return [];
    const at = sandboxStart.getTime() + fault.atSeconds * 1000;
    return at > after && at <= until ? fault : [];
  });

/** Scenario 42: while a run keeps scaling in suspended, no scheduled action sets anything either. */
export const schedulesWait: Checker = {
  name: '42 scheduled actions wait',
  check(recording) {
    const { writes, people } = recording;
    const fired = writes.filter(
      ({ who, cause }) => who === 'application-autoscaling' && /scheduled/.test(cause ?? ''),
    );
    return each(fired, (write) => {
      const own = productWrites({ writes }).findLast(({ at, to }) => at < write.at && 'suspended' in to);
      const raised = own && valueAt(own.to, 'suspended', 'dynamicScalingIn') === true;
      const touched = people.some(
        ({ at, changed }) => at >= (own?.at ?? 0) && ('suspended' in changed || 'min' in changed),
      );
      return raised && !touched
        ? `${clock(write.at)} ${write.cause}: ${JSON.stringify(write.to)}`
        : undefined;
    });
  },
};

/** All settings before an incident's first write: a run that configures autoscaling may have gone before. */
function settingsBefore(incidentId: string | undefined, { writes, before }: Recording): ServiceSettings {
  const first = writes.findIndex(({ lock, invocation }) => invocation && lock?.incidentId === incidentId);
  return writes.slice(0, first === -1 ? undefined : first).at(-1)?.after ?? before;
}

/** The ends that say restored, each with its incident and the snapshot of that. */
export const restoredEnds = ({ ends, snapshots }: Recording) =>
  ends
    .filter(({ execution }) => textAt(execution.output, 'outcome', 'outcome') === 'restored')
    .map((end) => {
      const id = textAt(end.execution.output, 'incident', 'id');
      return { ...end, id, stored: snapshots.find(({ key }) => key === `snapshot/${id}`) };
    });

/**
 * What a restore ends at: the snapshot, or the settings of before where those of an emergency were found, and no record
 * told of one (they are as the configured baseline in every play).
 */
export const wayBackOf = (stored: unknown, { before, service }: Recording): unknown => {
  if (valueAt(stored, 'leftRaised') !== true) return stored;
  const { min, max } = service.capacity.baseline;
  return {
    ...Object(stored),
    desired: service.capacity.baseline.desired,
    bounds: { min, max, suspended: before.suspended },
  };
};

/** Invariant 10: a run that says restored has given every setting back, except what a person changed. */
export const restoredMeansRestored: Checker = {
  name: '10 restored equals snapshot',
  check(recording) {
    return each(restoredEnds(recording), ({ id, stored, settings, at }) => {
      if (!stored) return undefined;
      const byPeople = (setting: string) =>
        recording.people.some(
          (act) => act.at >= stored.at - 60_000 && act.at <= at && setting in act.changed,
        );
      const due = scheduledIn(recording, at, stored.at - 60_000);
      // No max goes below the count of before.
      const back = wayBackOf(stored.body, recording);
      const atLeast = numberAt(back, 'desired') ?? 0;
      const bySchedule = (setting: SettingName) =>
        (setting === 'min' && due.some(({ min }) => min === settings.min)) ||
        (setting === 'max' && due.some(({ max }) => Math.max(max, atLeast) === settings.max));
      // Scenario 55: max follows a count or a min that a person raised above the old one.
      const follows = (setting: SettingName) =>
        setting === 'max' &&
        recording.people.some(
          ({ changed }) => changed.desired === settings.max || changed.min === settings.max,
        );
      const differs = (setting: SettingName, expected: unknown) =>
        byPeople(setting) ||
        bySchedule(setting) ||
        follows(setting) ||
        sameValue(settingOf(settings, setting), expected)
          ? []
          : [
              `${setting} is ${JSON.stringify(settingOf(settings, setting))}, was ${JSON.stringify(expected)}`,
            ];
      const bounds = valueAt(back, 'bounds');
      const [min, max] = [numberAt(bounds, 'min') ?? 0, numberAt(bounds, 'max') ?? Infinity];
      const desired = numberAt(back, 'desired');
      const { policies } = settingsBefore(id, recording);
      const open = [
        ...differs('min', numberAt(bounds, 'min')),
        ...differs('max', numberAt(bounds, 'max')),
        ...differs('suspended', valueAt(bounds, 'suspended')),
        ...(back !== stored.body || recording.people.some((act) => act.at < stored.at)
          ? []
          : differs('policies', policies)),
        ...((bounds && settings.desired >= min && settings.desired <= max) ||
        due.some(({ min: least }) => settings.desired >= least) ||
        (byPeople('min') && settings.desired >= (settings.min ?? Infinity)) ||
        byPeople('desired')
          ? []
          : differs('desired', desired)),
      ];
      return open.length > 0 ? `${clock(at)} restored, but ${open.join('; ')}` : undefined;
    });
  },
};

/** Scenario 54: settings that an emergency has raised are never taken for the normal ones. */
export const raisedIsNotNormal: Checker = {
  name: '54 raised is not normal',
  check(recording) {
    const { snapshots, people, before, service } = recording;
    const { min, max } = service.capacity.emergency;
    return each(snapshots, ({ key, body, at }) => {
      const seen = (name: string) => valueAt(body, 'bounds', 'suspended', name) === true;
      const raised =
        seen('dynamicScalingIn') &&
        seen('scheduledScaling') &&
        before.suspended?.dynamicScalingIn !== true &&
        (numberAt(body, 'bounds', 'min') ?? 0) >= min &&
        (numberAt(body, 'bounds', 'max') ?? 0) >= max &&
        !people.some((act) => act.at <= at && 'suspended' in act.changed);
      return raised && valueAt(body, 'leftRaised') !== true
        ? `${key} holds the settings of an emergency as the normal ones`
        : undefined;
    });
  },
};
