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
const peakOf = ({ report }: Played) => report.peak?.desired ?? 0;

/** The peak of the same crowd without any deployment, played once. */
const peaks = new Map<string, Promise<number>>();
function peakWithout(incident: Incident): Promise<number> {
  const key = JSON.stringify(incident);
  const peak = peaks.get(key) ?? play(incident).then(peakOf);
  peaks.set(key, peak);
  return peak;
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
      const enough = peakOf(played) >= 0.8 * (await peakWithout(incident));
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
  // What came into service longer ago is bad in every point that is read: nothing is known of before.
  const recent = [...moments.filter((seconds) => seconds >= -600), ...moments.map((_, i) => 6 * i)].slice(
    0,
    100,
  );

  it('is rolled back in each of a hundred plays, before a crowd and in it', async () => {
    for (const [index, secondsAfterAlarm] of recent.entries()) {
      const incident = crowd(index);
      const circumstances = { deployments: [{ secondsAfterAlarm, bad: true }] };
      const played = await play({ ...incident, circumstances });
      const { taskDefinition } = played.report.after;
      expect({ ...incident, secondsAfterAlarm, taskDefinition, rollbacks: rollbacks(played).length }).toEqual(
        {
          ...incident,
          secondsAfterAlarm,
          taskDefinition: 'buywhere-api:42',
          rollbacks: 1,
        },
      );
    }
  });
});
