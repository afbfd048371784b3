import { describe, expect, it, jest } from '@jest/globals';
import { type Incident, type Played, play } from '../scenarios/harness.ts';

jest.setTimeout(600_000);

/** Seconds from the alarm of a crowd: from an hour before it to ten minutes into it, most of them near it. */
const far = Array.from({ length: 40 }, (_, i) => -3600 + 79 * i);
const near = Array.from({ length: 60 }, (_, i) => -440 + Math.round(17.5 * i));
const moments = [...far, ...near];
const scenarios = ['traffic-spike', 'step', 'flash-crowd'];

const crowd = (index: number): Incident => ({
  scenario: scenarios[index % scenarios.length] ?? 'traffic-spike',
  seed: 1 + (index % 5),
});
const rollbacks = ({ report }: Played) => report.writes.filter(({ who }) => who === 'rollback');
const secondsSlow = ({ report }: Played) => report.measures.secondsAboveLatencyThreshold;
/** Tasks that are being replaced may serve so much later. */
const graceSeconds = 120;

/** How long users wait in the same crowd without any deployment, played once. */
const known = new Map<string, Promise<number>>();
function secondsWithout(incident: Incident): Promise<number> {
  const key = JSON.stringify(incident);
  const seconds = known.get(key) ?? play(incident).then(secondsSlow);
  known.set(key, seconds);
  return seconds;
}

describe.each([
  ['a good release', {}],
  ['a restart', { restart: true }],
])('%s at a hundred moments from an hour before a crowd to ten minutes into it', (_, kind) => {
  it('is never rolled back, and capacity is as without it', async () => {
    for (const [index, secondsAfterAlarm] of moments.entries()) {
      const incident = crowd(index);
      const played = await play({
        ...incident,
        circumstances: { deployments: [{ secondsAfterAlarm, ...kind }] },
      });
      const enough = secondsSlow(played) <= (await secondsWithout(incident)) + graceSeconds;
      const { outcome } = played.report;
      expect({ ...incident, secondsAfterAlarm, outcome, enough, rollbacks: rollbacks(played) }).toEqual({
        ...incident,
        secondsAfterAlarm,
        outcome: 'restored',
        enough: true,
        rollbacks: [],
      });
    }
  });
});

describe('a bad release', () => {
  // A release is judged for forty minutes, so one that an overload hides for that long, as in the flash crowd, is found
  // as soon as there is room again. One that comes long before the crowd fires alarms of its own.
  const recent = [...moments.filter((seconds) => seconds >= -600), ...moments.map((_, i) => 6 * i)].slice(
    0,
    100,
  );
  it('is rolled back in nearly all of a hundred plays, and called to a person in the others', async () => {
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
});
