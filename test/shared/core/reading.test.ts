import { describe, expect, it } from '@jest/globals';
import { bounded, within } from '../../../shared/core/reading.ts';

const never = new Promise<never>(() => undefined);

describe('a reading', () => {
  it('is the value', async () => {
    expect(await bounded(Promise.resolve(3), never)).toEqual({ value: 3 });
  });

  it('is unknown by its error, and says what was read where that is not plain', async () => {
    const unknown = { cause: 'failed', error: 'Error', message: 'not now' };
    expect(await bounded(Promise.reject(new Error('not now')), never)).toEqual({ unknown });
    expect(await bounded(Promise.reject(new Error('not now')), never, 'service')).toEqual({
      unknown: { ...unknown, of: 'service' },
    });
  });

  it('within some seconds is what it is, or late; then the timer is no longer needed', async () => {
    const given: number[] = [];
    let cancelled = 0;
    const deadline = (passed: Promise<void>) => (milliseconds: number) => {
      given.push(milliseconds);
      const cancel = () => {
        cancelled += 1;
      };
      return { passed, cancel };
    };
    expect(await within(5, deadline(never), Promise.resolve({ value: 3 }))).toEqual({ value: 3 });
    expect(await within(6, deadline(Promise.resolve()), never)).toEqual({
      unknown: { cause: 'late', seconds: 6 },
    });
    const torn = Promise.reject(new Error('torn'));
    await expect(within(7, deadline(never), torn)).rejects.toThrow('torn');
    expect([given, cancelled]).toEqual([[5000, 6000, 7000], 3]);
  });

  it('is unknown when the deadline passes first', async () => {
    expect(await bounded(never, Promise.resolve(10))).toEqual({ unknown: { cause: 'late', seconds: 10 } });
  });
});
