import { describe, expect, it } from '@jest/globals';
import { act } from '../../../chaos/cast/acts.ts';

/** An alarm that fires while alarms start runs, or do not; says at which seconds its event comes again. */
function repeats(startsRun: boolean): unknown[] {
  const event = { id: 'e1', detail: { state: { value: 'ALARM' } } };
  const moments: unknown[] = [];
  const sandbox = {
    alarmEvents: [event],
    aws: { alarms: { onAlarmStateChange: (told: (one: typeof event) => void) => told(event) } },
  };
  const parts = {
    sandbox,
    moments: { at: (at: unknown) => moments.push(at) },
    alarmStartsRun: () => startsRun,
  };
  // Only what this act asks for is there.
  act({ kind: 'repeat-event', afterSeconds: 2400 }, Object.assign(Object.create(null), parts));
  return moments;
}

describe('the event of an alarm', () => {
  it('comes again where it was delivered', () => {
    expect(repeats(true)).toEqual([{ atSeconds: 2401 }]);
  });

  // Seed 212393: an alarm that fired every five minutes went on until the end of the play.
  it('does not come for the first time after the last alarm that starts a run', () => {
    expect(repeats(false)).toEqual([]);
  });
});
