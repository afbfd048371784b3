import { sameValue, textAt } from '../facts/values.ts';
import type { PersonAct, Recording } from '../record/recording.ts';
import { type Checker, clock, each, statesOf } from './checker.ts';

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
