import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import { shortDefinition } from '../../shared/format/settings.ts';
import { listAt, numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import type { PersonAct, Recording } from '../record/recording.ts';
import { type Checker, clock, each, showsOldAnswers, statesOf } from './checker.ts';
import { restoredEnds, wayBackOf } from './settings.ts';

/** What a snapshot and the service's settings have in common, under the names that a verdict gives them. */
const settingsRead = {
  desired: [(stored: unknown) => numberAt(stored, 'desired'), (now: ServiceSettings) => now.desired],
  min: [(stored: unknown) => numberAt(stored, 'bounds', 'min'), (now: ServiceSettings) => now.min],
  max: [(stored: unknown) => numberAt(stored, 'bounds', 'max'), (now: ServiceSettings) => now.max],
  scaleInSuspended: [
    (stored: unknown) => valueAt(stored, 'bounds', 'suspended', 'dynamicScalingIn'),
    (now: ServiceSettings) => now.suspended?.dynamicScalingIn,
  ],
  taskDefinition: [
    (stored: unknown) => shortDefinition(textAt(stored, 'taskDefinition') ?? ''),
    (now: ServiceSettings) => shortDefinition(now.taskDefinition),
  ],
} as const;

/** What a restore could not see: ECS showed an old answer, or somebody wrote during its last look or after it. */
function unseen(recording: Recording, execution: string, until: number) {
  const { invocations, writes, people } = recording;
  const look = invocations.findLast((one) => one.execution === execution && one.function === 'wait-verify');
  const from = (look?.startedAt ?? 0) - 1000;
  const others = writes.filter(({ invocation }) => invocation?.execution !== execution);
  const late = [...others, ...people].some(({ at }) => at >= from && at <= until);
  return showsOldAnswers(recording) || late;
}

const short = (value: unknown) => (typeof value === 'string' ? shortDefinition(value) : value);

/** Invariant 20: a verdict of restored names every setting that is not as before the incident, and no other. */
export const restoredSaysWhatDiffers: Checker = {
  name: '20 restored says what differs',
  check(recording) {
    const seen = restoredEnds(recording).filter(
      ({ stored, execution, at }) => stored && !unseen(recording, execution.arn, at),
    );
    return each(seen, ({ execution, settings, at, stored }) => {
      const said = new Map(
        listAt(execution.output, 'outcome', 'differences').map((one) => [
          textAt(one, 'setting'),
          valueAt(one, 'after'),
        ]),
      );
      const back = wayBackOf(stored?.body, recording);
      const wrong = Object.entries(settingsRead).flatMap(([name, [before, after]]) => {
        const [was, is] = [before(back) ?? null, after(settings) ?? null];
        // The baseline has no task definition.
        if (name === 'taskDefinition' && back !== stored?.body) return [];
        const differs = !sameValue(was, is);
        if (differs ? sameValue(short(said.get(name)), is) : !said.has(name)) return [];
        return [
          `${name} ${JSON.stringify(was)} → ${JSON.stringify(is)}, said ${JSON.stringify(said.get(name))}`,
        ];
      });
      return wrong.length > 0 ? `${clock(at)} restored: ${wrong.join('; ')}` : undefined;
    });
  },
};

/** Longest that it may take until somebody looks after a request again. Milliseconds. */
const oneLook = (recording: Recording) => (2 * recording.config.approval.checkSeconds + 60) * 1000;

/** Whatever else happens may keep the way back from its end, or the settings from being as before. */
const goneBackOnly = ({ incident, people }: Recording) =>
  people.length === 1 && incident.faults.every(({ kind }) => kind === 'person');

/** All that a restore gives back is as before the incident. */
function isAllBack({ settings }: PersonAct, { before }: Recording): boolean {
  return (['desired', 'min', 'max', 'suspended', 'policies'] as const).every((name) =>
    sameValue(settings[name], before[name]),
  );
}

/** Scenario 56: what people gave back by themselves, nobody has to approve any more. */
export const restoredByHandCloses: Checker = {
  name: '56 restored by hand closes',
  check(recording) {
    const acts = goneBackOnly(recording) ? recording.people : [];
    const waiting = acts.flatMap((act) => {
      if (!isAllBack(act, recording)) return [];
      const asking = recording.executions.filter(
        (one) =>
          one.machine === 'scale-in' &&
          act.running.includes(one.arn) &&
          one.history.findLast(
            ({ timestamp, stateEnteredEventDetails }) => timestamp <= act.at && stateEnteredEventDetails,
          )?.stateEnteredEventDetails?.name === 'Ask for approval',
      );
      return asking.map((execution) => ({ act, execution }));
    });
    return each(waiting, ({ act, execution }) => {
      const asked = recording.approvals.find(
        ({ at, body }) => textAt(body, 'execution') === execution.arn && at > act.at + oneLook(recording),
      );
      const last = statesOf(execution).at(-1);
      if (last !== 'Expired' && !asked) return undefined;
      return `${clock(act.at)} everything was given back by hand, and people are asked until "${last}"`;
    });
  },
};
