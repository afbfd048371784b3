import { describe, expect, it } from '@jest/globals';
import { bounded } from '../../../shared/core/reading.ts';

const never = new Promise<never>(() => undefined);

describe('a reading', () => {
  it('is the value', async () => {
    expect(await bounded('ECS', Promise.resolve(3), never)).toEqual({ value: 3 });
  });

  it('is unknown with the error’s name and message, of at most 200 characters', async () => {
    const denied = Object.assign(new Error('x'.repeat(300)), { name: 'AccessDenied' });
    expect(await bounded('ECS', Promise.reject(denied), never)).toEqual({
      unknown: `ECS: AccessDenied: ${'x'.repeat(186)}`,
    });
    expect(await bounded('ECS', Promise.reject('no error'), never)).toEqual({ unknown: 'ECS: failed' });
  });

  it('is unknown when the deadline passes first', async () => {
    expect(await bounded('ECS', never, Promise.resolve('no answer within 10 s'))).toEqual({
      unknown: 'ECS: no answer within 10 s',
    });
  });
});
