import { expect, it, jest } from '@jest/globals';
import { play } from '../scenarios/harness.ts';
import { rollbacks } from './crowds.ts';

jest.setTimeout(900_000);

/** A good release, seconds from the moment that is called the alarm's, and how long the database is away since another. */
const releases = [-500, -400, -300, -240, -200, -160, -120, -90, -60, -30];
const outages = [90, 120, 135, 150, 165, 180, 210, 240];
const begins = [20, 60];

it('never rolls back a good release because the database was away for a minute or some', async () => {
  const faulty: unknown[] = [];
  for (const secondsAfterAlarm of releases)
    for (const forSeconds of outages)
      for (const begun of begins) {
        const played = await play({
          scenario: 'quiet',
          approve: 'no',
          circumstances: {
            deployments: [{ secondsAfterAlarm }],
            troubles: [{ kind: 'database-down', secondsAfterAlarm: begun, forSeconds }],
          },
        });
        if (rollbacks(played).length > 0) faulty.push({ secondsAfterAlarm, begun, forSeconds });
      }
  expect(faulty).toEqual([]);
});
