import { describe, expect, it } from '@jest/globals';
import { confusionTable, type Diagnosis, diagnose, diagnosisOf, type Look } from '../../tools/diagnose.ts';
import { type Truth, truths } from '../../tools/truths.ts';

const named = (name: string): Truth => {
  const truth = truths.find((one) => one.name === name);
  if (!truth) throw new Error(`no such truth: ${name}`);
  return truth;
};

describe('npm run diagnose', () => {
  it('knows 23 scenarios, each by a name of its own', () => {
    expect(new Set(truths.map(({ name }) => name)).size).toBe(23);
  });

  it.each([
    'traffic-spike',
    'slow-queries',
    'slow-leak',
    'pool-exhaustion',
    'redis-down',
    'redis-full',
    'redis-slow',
    'redis-loading',
    'traffic vanished',
    'bad-deployment',
    'good release before',
    'restart before',
    'out of memory before',
    'health check kills',
    'Spot reclaim',
    'scheduled cut',
    "neighbour's errors",
  ])(
    '%s is told from the others, and the right thing is planned',
    async (name) => {
      for (const seed of [5]) {
        const { atAlarm, informed, right } = await diagnosisOf(named(name), seed);
        expect({ seed, atAlarm, informed, right }).toMatchObject({ right: true });
      }
    },
    60_000,
  );

  it('counts a cause that is named wrongly, and an action that does not fit it', async () => {
    const crowd = await diagnosisOf({ ...named('traffic-spike'), cause: 'slow-queries' }, 1);
    const slow = await diagnosisOf({ ...named('slow-queries'), actions: ['roll-back'] }, 1);
    expect([crowd.right, slow.right]).toEqual([false, false]);
  }, 60_000);

  it('names no cause where no alarm fires', async () => {
    const { atAlarm, right } = await diagnosisOf({ ...named('traffic-spike'), scenario: 'quiet' }, 1);
    expect({ atAlarm, right }).toEqual({ atAlarm: { cause: undefined, action: undefined }, right: false });
  }, 60_000);

  it('prints a row for each scenario', () => {
    const look: Look = {
      cause: { name: 'unclear', confidence: 'low', evidence: [], against: [] },
      action: 'scale-out',
    };
    const one: Diagnosis = { truth: named('step'), seed: 1, atAlarm: look, informed: look, right: false };
    const [head, row] = confusionTable([one, { ...one, seed: 2 }])
      .split('\n')
      .map((line) => line.replace(/ {2,}/g, ' | ').trim());
    expect(head).toBe('scenario | true cause | at the alarm | a whole minute later | right action | right');
    expect(row).toBe(
      'step | traffic-spike | 2 × unclear: scale-out | 2 × unclear: scale-out | scale-out | 0/2',
    );
  });

  it.each([
    [['--seeds', 'many'], 2],
    [['--seed', '3'], 2],
    [['--circumstances', 'no/such.json'], 2],
  ])('refuses %j', async (argv, code) => {
    expect(await diagnose(argv)).toBe(code);
  });

  it('looks at the circumstances of a file, whose truth it does not know', async () => {
    expect(await diagnose(['--seeds', '1', '--circumstances', 'test/cases/01-spot-interruption.json'])).toBe(
      0,
    );
  }, 60_000);
});
