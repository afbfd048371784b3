import { describe, expect, it } from '@jest/globals';
import { bounded } from '../../../shared/core/reading.ts';

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

  it('is unknown when the deadline passes first', async () => {
    expect(await bounded(never, Promise.resolve(10))).toEqual({ unknown: { cause: 'late', seconds: 10 } });
  });
});
