import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import { type SettingName, settingOf } from '../cast/people.ts';
import { numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import type { Recording } from '../record/recording.ts';
import { type Checker, clock, each, machineOf, productWrites, together, told } from './checker.ts';

/** Invariant 9: the snapshot is stored before the first write, says what was there, and is never replaced. */
export const snapshotFirst: Checker = {
  name: '9 snapshot before writes',
  check(recording) {
    const writes = productWrites(recording).filter(
      ({ invocation }) => machineOf(recording, invocation) === 'emergency-scaling',
    );
    const firsts = writes.filter(
      (write, index) => writes.findIndex(({ lock }) => lock?.incidentId === write.lock?.incidentId) === index,
    );
    const keys = Map.groupBy(recording.snapshots, ({ key }) => key);
    return together(
      each(writes, (write) => (write.snapshot ? undefined : `no snapshot is stored: ${told(write)}`)),
      each(firsts, (write) => {
        if (recording.people.some(({ at }) => at <= write.at)) return undefined;
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

/** All settings before an incident's first write: a run that configures autoscaling may have gone before. */
function settingsBefore(incidentId: string | undefined, { writes, before }: Recording): ServiceSettings {
  const first = writes.findIndex(({ lock, invocation }) => invocation && lock?.incidentId === incidentId);
  return writes.slice(0, first === -1 ? undefined : first).at(-1)?.after ?? before;
}

/** Invariant 10: a run that says restored has given every setting back, except what a person changed. */
export const restoredMeansRestored: Checker = {
  name: '10 restored equals snapshot',
  check(recording) {
    const restored = recording.ends.filter(
      ({ execution }) => textAt(execution.output, 'outcome', 'outcome') === 'restored',
    );
    return each(restored, ({ execution, settings, at }) => {
      const id = textAt(execution.output, 'incident', 'id');
      const stored = recording.snapshots.find(({ key }) => key === `snapshot/${id}`);
      if (!stored) return undefined;
      const byPeople = (setting: string) =>
        recording.people.some(
          (act) => act.at >= stored.at - 60_000 && act.at <= at && setting in act.changed,
        );
      const differs = (setting: SettingName, expected: unknown) =>
        byPeople(setting) || sameValue(settingOf(settings, setting), expected)
          ? []
          : [
              `${setting} is ${JSON.stringify(settingOf(settings, setting))}, was ${JSON.stringify(expected)}`,
            ];
      const bounds = valueAt(stored.body, 'bounds');
      const [min, max] = [numberAt(bounds, 'min') ?? 0, numberAt(bounds, 'max') ?? Infinity];
      const desired = numberAt(stored.body, 'desired');
      const { policies } = settingsBefore(id, recording);
      const open = [
        ...differs('min', numberAt(bounds, 'min')),
        ...differs('max', numberAt(bounds, 'max')),
        ...differs('suspended', valueAt(bounds, 'suspended')),
        ...(recording.people.some((act) => act.at < stored.at) ? [] : differs('policies', policies)),
        ...((bounds && settings.desired >= min && settings.desired <= max) || byPeople('desired')
          ? []
          : differs('desired', desired)),
      ];
      return open.length > 0 ? `${clock(at)} restored, but ${open.join('; ')}` : undefined;
    });
  },
};
