import { nextStepDown } from '../../shared/plan/guards/limits.ts';
import { type SettingName, settingNames } from '../cast/people.ts';
import { numberAt, sameValue, valueAt } from '../facts/values.ts';
import type { ObservedWrite, PersonAct, Recording } from '../record/recording.ts';
import {
  type Checker,
  clock,
  each,
  machineOf,
  type ProductWrite,
  productWrites,
  readOf,
  told,
} from './checker.ts';
import { scheduledIn } from './settings.ts';

/** Whether the function could have seen the person's change before it wrote. */
function couldSee(write: ProductWrite, act: PersonAct, setting: SettingName, recording: Recording): boolean {
  const read = readOf[setting];
  const stale = recording.incident.faults.some(
    (fault) => fault.kind === 'lag' || (fault.kind === 'stale' && fault.call === read),
  );
  if (stale || write.issuedAt <= act.at) return false;
  const seen = write.invocation.operations.findLast(({ name, at }) => name === read && at <= write.issuedAt);
  return seen === undefined || seen.at > act.at;
}

/** Invariant 8: what a person set meanwhile is not set otherwise by the run. */
export const peopleWin: Checker = {
  name: "8 a person's change stays",
  check(recording) {
    const changes = recording.people.flatMap((act) =>
      settingNames
        .filter((setting) => setting !== 'taskDefinition' && setting in act.changed && act.running.length > 0)
        .map((setting) => ({ act, setting })),
    );
    return each(changes, ({ act, setting }) => {
      // Within one moment the order of the writes counts. Only the first one: a change that was overwritten by who could
      // not see it yet is gone.
      const own = recording.writes.findIndex((one) => isWriteOf(act, one) && setting in one.to);
      const overwriting = productWrites({ writes: recording.writes.slice(own + 1) }).find(
        (write) => write.at >= act.at && touches(write, act, setting),
      );
      if (!overwriting || isReplaced(act, setting, overwriting, recording)) return undefined;
      if (
        setting === 'desired' &&
        (isOwnStep(overwriting, act, recording) ||
          isAutoscalings(overwriting, act, recording) ||
          isMovedOn(overwriting, act, recording))
      )
        return undefined;
      if (isOwnValue(act, setting, recording)) return undefined;
      if (isDueSince(overwriting, act, setting, recording)) return undefined;
      const knew =
        act.running.includes(overwriting.invocation.execution ?? '') &&
        (wroteBefore(overwriting, act, setting, recording) ||
          lookedAt(overwriting, setting, recording) < act.at) &&
        couldSee(overwriting, act, setting, recording);
      return knew ? `${clock(act.at)} a person: ${act.text}; then ${told(overwriting)}` : undefined;
    });
  },
};

/** Somebody has set the same since: that change is judged in its place. */
const isReplaced = (act: PersonAct, setting: SettingName, { at }: ProductWrite, { people }: Recording) =>
  people.some(
    (other) =>
      other.at > act.at &&
      other.at < at &&
      setting in other.changed &&
      (!hasFields(setting) ||
        changedFields(act, setting).every((field) => changedFields(other, setting).includes(field))),
  );

/** A scheduled action that was due after the person's change is the later state, and wins. */
const isDueSince = (write: ProductWrite, act: PersonAct, setting: SettingName, recording: Recording) => {
  if (setting !== 'min' && setting !== 'max') return false;
  const to = numberAt(write.to, setting);
  // A max below the count would cut it at once.
  const held = setting === 'max' && to === write.after.desired;
  return scheduledIn(recording, write.at, act.at - 1).some(
    (due) => due[setting] === to || (held && due.max < to),
  );
};

const isWriteOf = (act: PersonAct, write: ObservedWrite) => !write.invocation && write.at === act.at;

/**
 * A person who sets exactly the count that the next step down would have set cannot be told from that step, whose answer
 * was lost: the run goes on from there.
 */
function isOwnStep({ invocation }: ProductWrite, { changed, replaced }: PersonAct, { config }: Recording) {
  const [before, after] = [numberAt(replaced, 'desired'), numberAt(changed, 'desired')];
  if (invocation.function !== 'scale-in' || before === undefined || after === undefined) return false;
  return after === nextStepDown(before, 0, config);
}

/**
 * A person who undoes what autoscaling or another person did, back to what the run itself wrote last, cannot be told from
 * the run: it has its own back.
 */
const isOwnValue = (act: PersonAct, setting: SettingName, recording: Recording): boolean => {
  const own = productWrites(recording).findLast((write) => write.at <= act.at && setting in write.to);
  if (!own) return false;
  if (!hasFields(setting)) return sameValue(own.to[setting], act.changed[setting]);
  const [wrote, set] = [parts(own.to[setting]), parts(act.changed[setting])];
  return changedFields(act, setting).every((field) => sameValue(valueAt(wrote, field), valueAt(set, field)));
};

/** Autoscaling has moved the person's count since: it is nobody's any more. */
const isMovedOn = (overwriting: ProductWrite, act: PersonAct, { writes }: Recording): boolean =>
  writes.some(
    ({ who, invocation, to, at }) =>
      at > act.at &&
      at < overwriting.at &&
      who === 'application-autoscaling' &&
      !invocation &&
      'desired' in to,
  );

/**
 * Nor can one who sets, before a plan is made, the count that autoscaling asked for last: its activities say that the
 * count is its own. After the plan only what it asked for since counts.
 */
function isAutoscalings(
  overwriting: ProductWrite,
  { at, changed }: PersonAct,
  recording: Recording,
): boolean {
  const assessment = assessmentFor(overwriting, recording);
  if (!assessment || assessment.startedAt <= at) return false;
  const last = recording.writes.findLast(
    (write) =>
      write.at < at && !write.invocation && write.who === 'application-autoscaling' && 'desired' in write.to,
  );
  return last !== undefined && numberAt(last.to, 'desired') === numberAt(changed, 'desired');
}

const isEmergency = (recording: Recording, { invocation }: ProductWrite) =>
  machineOf(recording, invocation) === 'emergency-scaling';

/**
 * Before an emergency run's own first write and its assessment, a person's setting is simply how things are. A way back
 * knows what every run of the incident wrote.
 */
function wroteBefore(later: ProductWrite, act: PersonAct, setting: SettingName, recording: Recording) {
  const same = isEmergency(recording, later)
    ? ({ invocation }: ProductWrite) => invocation.execution === later.invocation.execution
    : ({ lock }: ProductWrite) => lock?.incidentId === later.lock?.incidentId;
  return productWrites(recording).some((write) => write.at < act.at && setting in write.to && same(write));
}

/** Whether a write sets what the person set; of a policy or of flags only the parts that the person changed count. */
function touches(write: ProductWrite, act: PersonAct, setting: SettingName): boolean {
  if (!(setting in write.to)) return false;
  if (!hasFields(setting)) return true;
  const [from, to] = [parts(write.from[setting]), parts(write.to[setting])];
  return changedFields(act, setting).some((field) => !sameValue(valueAt(from, field), valueAt(to, field)));
}

const hasFields = (setting: SettingName): boolean => setting === 'policies' || setting === 'suspended';

const parts = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** The fields of a policy or of flags that a person changed. */
function changedFields({ changed, replaced }: PersonAct, setting: SettingName): string[] {
  const [set, before] = [parts(changed[setting]), parts(replaced[setting])];
  return Object.keys(Object(set ?? before)).filter(
    (field) => !sameValue(valueAt(set, field), valueAt(before, field)),
  );
}

/** What ran in the same execution until a write. */
const goneBefore = ({ invocation }: ProductWrite, { invocations }: Recording) =>
  invocations.filter(
    (one) => one.execution === invocation.execution && one.startedAt <= invocation.startedAt,
  );

/** The assessment on which a write is based. */
const assessmentFor = (write: ProductWrite, recording: Recording) =>
  goneBefore(write, recording).findLast((one) => one.function === 'assess');

/**
 * When the assessment on which a write is based read the setting. A way back that waits for calm knows it from its first
 * look that read everything.
 */
function lookedAt(write: ProductWrite, setting: SettingName, recording: Recording): number {
  const looks = goneBefore(write, recording).filter(
    ({ function: name, result, operations }) =>
      name === 'wait-verify' && result !== undefined && operations.every(({ error }) => error === undefined),
  );
  const assessment = assessmentFor(write, recording);
  const look = isEmergency(recording, write) ? assessment : (looks[0] ?? assessment);
  return look?.operations.findLast(({ name }) => name === readOf[setting])?.at ?? 0;
}
