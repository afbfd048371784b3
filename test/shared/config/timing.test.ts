import { describe, expect, it } from '@jest/globals';
import { statemachinesFolder } from '../../../sandbox/config-files.ts';
import { loadDefinitions } from '../../../sandbox/engine/definition/definitions.ts';
import { parseConfig } from '../../../shared/config/config.ts';
import { deadlines, eventsPerLook, eventsPerPlan } from '../../../shared/config/timing.ts';
import { production } from '../../support/builders.ts';

interface Changes {
  approval?: Partial<typeof production.approval>;
  calm?: Partial<typeof production.timing.calm>;
  verify?: Partial<typeof production.timing.verify>;
  watch?: Partial<typeof production.timing.watch>;
  rounds?: number;
}

/** What is said of production's configuration with these values in it; nothing when it is taken. */
function saidOf({ approval, calm, verify, watch, rounds = production.limits.rounds }: Changes): string {
  const { timing } = production;
  const value = {
    ...structuredClone(production),
    approval: { ...production.approval, ...approval },
    limits: { ...production.limits, rounds },
    timing: {
      ...timing,
      calm: { ...timing.calm, ...calm },
      verify: { ...timing.verify, ...verify },
      watch: { ...timing.watch, ...watch },
    },
  };
  try {
    parseConfig(value, 'production.yml');
    return '';
  } catch (error) {
    return String(error);
  }
}

const day = 86_400;

describe('waits that the state machines cannot keep are refused, with what is allowed', () => {
  // Each with the last value that is taken, and the first one that is not.
  it.each<[string, Changes, Changes, string]>([
    [
      'an approval for longer than a scale-in may last',
      { approval: { expiresAfterSeconds: 424_800, checkSeconds: 600 } },
      { approval: { expiresAfterSeconds: 424_801, checkSeconds: 600 } },
      'approval.expiresAfterSeconds: must be 60 to 424800: a scale-in ends after a week',
    ],
    [
      'the same with less time for calm',
      { approval: { expiresAfterSeconds: 590_400, checkSeconds: 600 }, calm: { deadlineSeconds: 3600 } },
      { approval: { expiresAfterSeconds: 590_401, checkSeconds: 600 }, calm: { deadlineSeconds: 3600 } },
      'approval.expiresAfterSeconds: must be 60 to 590400',
    ],
    [
      'calm that leaves no time for an approval',
      {
        approval: { expiresAfterSeconds: 300, escalateBeforeSeconds: 120, checkSeconds: 60 },
        calm: { deadlineSeconds: 3.4 * day },
      },
      { calm: { deadlineSeconds: 3.5 * day } },
      'timing.calm.deadlineSeconds: leaves no time for an approval',
    ],
    [
      'an approval where calm leaves a minute for it',
      {},
      { calm: { deadlineSeconds: 298_770 } },
      'approval.expiresAfterSeconds: must be 60 to 60',
    ],
    [
      'looks at a request that fill the history',
      { approval: { expiresAfterSeconds: 4 * day, checkSeconds: 283 } },
      { approval: { expiresAfterSeconds: 4 * day, checkSeconds: 282 } },
      'approval.checkSeconds: must be 283 or more with this approval.expiresAfterSeconds',
    ],
    [
      'looks at a request that are too rare to escalate',
      { approval: { escalateBeforeSeconds: 1800, checkSeconds: 1740 } },
      { approval: { escalateBeforeSeconds: 1800, checkSeconds: 1741 } },
      'approval.checkSeconds: must be at most 1740, a minute less than approval.escalateBeforeSeconds',
    ],
    [
      'an escalation sooner before the expiry than any look',
      { approval: { escalateBeforeSeconds: 120, checkSeconds: 60 } },
      { approval: { escalateBeforeSeconds: 119, checkSeconds: 60 } },
      'approval.escalateBeforeSeconds: ',
    ],
    [
      'checks that last longer than a run',
      { verify: { deadlineSeconds: 800, intervalSeconds: 30 } },
      { verify: { deadlineSeconds: 801, intervalSeconds: 30 } },
      'timing.verify.deadlineSeconds: must be 1 to 800: an emergency run ends after two hours, with limits.rounds (5)',
    ],
    ['more rounds than fit', { rounds: 7 }, { rounds: 8 }, 'timing.verify.deadlineSeconds: must be 1 to 533'],
    [
      'watching that leaves no time to verify',
      { watch: { deadlineSeconds: 3000 } },
      { watch: { deadlineSeconds: 6600 } },
      'timing.watch.deadlineSeconds: leaves no time to verify',
    ],
    [
      'checks where watching leaves a second for each',
      {},
      { watch: { deadlineSeconds: 6594 } },
      'timing.verify.deadlineSeconds: must be 1 to 1:',
    ],
    [
      'checks that fill the history',
      { verify: { intervalSeconds: 12 } },
      { verify: { intervalSeconds: 11 } },
      'timing.verify.intervalSeconds: must be 12 or more with these deadlines and limits.rounds (5)',
    ],
    [
      'watching that fills the history',
      { watch: { intervalSeconds: 5 } },
      { watch: { intervalSeconds: 4 } },
      'timing.watch.intervalSeconds: must be 5 or more with this deadlineSeconds',
    ],
  ])('%s', (_what, taken, refused, message) => {
    expect(saidOf(taken)).toBe('');
    expect(saidOf(refused)).toContain(message);
  });
});

describe('what the bounds rest on', () => {
  const { machines } = loadDefinitions(statemachinesFolder);

  it.each(Object.entries(deadlines))('is how long %s may last', (machine, seconds) => {
    expect(machines.get(machine)?.definition.TimeoutSeconds).toBe(seconds);
  });

  // Entered and exited, and for a step scheduled, started and succeeded as well.
  const eventsOf: Record<string, number> = { Task: 5, Wait: 2, Choice: 2 };

  it.each([
    [
      'approval-reminder',
      ['Look at the request', 'What does it need?', 'Wait until the next look'],
      eventsPerLook,
    ],
    ['emergency-scaling', ['Wait for the tasks', 'Verify the scaling', 'Has it recovered?'], eventsPerLook],
    [
      'emergency-scaling',
      ['Watch', 'Assess the situation', 'Plan the capacity', 'What does the plan say?'],
      eventsPerPlan,
    ],
  ])('is how many events a round of %s takes: %j', (machine, states, most) => {
    const definition = machines.get(machine)?.definition;
    const events = states.map((state) => eventsOf[definition?.States[state]?.Type ?? ''] ?? Number.NaN);
    expect(events.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(most);
  });
});
