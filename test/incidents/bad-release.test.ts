import { expect, it, jest } from '@jest/globals';
import { play } from '../scenarios/harness.ts';
import { crowd, moments, rollbacks } from './crowds.ts';

jest.setTimeout(900_000);

// A release is judged for forty minutes, so one that an overload hides for that long, as in the flash crowd, is found
// as soon as there is room again. One that comes long before the crowd fires alarms of its own.
const recent = [...moments.filter((seconds) => seconds >= -600), ...moments.map((_, i) => 6 * i)].slice(
  0,
  100,
);

it('rolls back a bad release in nearly all of a hundred plays, and calls a person in the others', async () => {
  const left: unknown[] = [];
  for (const [index, secondsAfterAlarm] of recent.entries()) {
    const incident = crowd(index);
    const circumstances = { deployments: [{ secondsAfterAlarm, bad: true }] };
    const played = await play({ ...incident, circumstances });
    const { outcome, after } = played.report;
    if (after.taskDefinition === 'buywhere-api:42' && rollbacks(played).length === 1) continue;
    left.push({ ...incident, secondsAfterAlarm, outcome });
    expect(outcome).toBe('held');
  }
  expect(left.length).toBeLessThanOrEqual(10);
});
