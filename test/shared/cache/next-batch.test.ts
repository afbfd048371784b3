import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BeforeBatch, nextBatch } from '../../../shared/cache/next-batch.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';

const unknown: Unknown = { cause: 'late', seconds: 5 };
const full = { counted: 100, limit: 100 };
const fine: BeforeBatch = {
  stopped: false,
  secondsLeft: 60,
  memory: { value: full },
  load: { value: 40 },
  loadLimit: 70,
};

it.each<[string, Partial<BeforeBatch>, string]>([
  ['nothing speaks against it', {}, 'go-on'],
  ['the switch is turned', { stopped: true }, 'stopped'],
  ['the switch is turned, whatever else', { stopped: true, secondsLeft: 0, load: { unknown } }, 'stopped'],
  ['the deadline is 10 s away', { secondsLeft: 10 }, 'deadline-near'],
  ['the deadline is a little farther away', { secondsLeft: 10.1 }, 'go-on'],
  ['the deadline is past', { secondsLeft: -1 }, 'deadline-near'],
  ['the deadline is no time', { secondsLeft: Number.NaN }, 'deadline-near'],
  ['the memory is unknown', { memory: { unknown } }, 'memory-unknown'],
  ['the memory is a byte below the share', { memory: { value: { counted: 79, limit: 100 } } }, 'relieved'],
  ['the memory is at the share', { memory: { value: { counted: 80, limit: 100 } } }, 'go-on'],
  ['the memory has no limit any more', { memory: { value: { counted: 5, limit: 0 } } }, 'relieved'],
  [
    'it is relieved, and the load unknown',
    { memory: { value: { counted: 1, limit: 100 } }, load: { unknown } },
    'relieved',
  ],
  ['the load is unknown', { load: { unknown } }, 'load-unknown'],
  ['the load is no number', { load: { value: Number.NaN } }, 'load-unknown'],
  ['the load is negative', { load: { value: -1 } }, 'load-unknown'],
  ['the database is idle', { load: { value: 0 } }, 'go-on'],
  ['the load is at its limit', { load: { value: 70 } }, 'go-on'],
  ['the load is above its limit', { load: { value: 70.1 } }, 'load-above-limit'],
  ['the limit of the load is no number', { loadLimit: Number.NaN }, 'load-above-limit'],
])('%s', (_, part, expected) => {
  expect(nextBatch({ ...fine, ...part })).toBe(expected);
});

it('no batch goes where anything is unknown, too late, too much or not needed any more', () => {
  const number = fc.double({ min: -10, max: 200 });
  const reading = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof(
      value.map((one) => ({ value: one })),
      fc.constant({ unknown }),
    );
  const any = fc.record({
    stopped: fc.boolean(),
    secondsLeft: number,
    memory: reading(fc.record({ counted: fc.nat({ max: 200 }), limit: fc.nat({ max: 200 }) })),
    load: reading(number),
    loadLimit: number,
  });
  fc.assert(
    fc.property(any, (seen) => {
      if (nextBatch(seen) !== 'go-on') return;
      if ('unknown' in seen.memory || 'unknown' in seen.load) throw new Error('it went blind');
      expect(seen.stopped).toBe(false);
      expect(seen.secondsLeft).toBeGreaterThan(10);
      expect(seen.load.value).toBeLessThanOrEqual(seen.loadLimit);
      expect(seen.memory.value.counted).toBeGreaterThanOrEqual(0.8 * seen.memory.value.limit);
    }),
  );
});
