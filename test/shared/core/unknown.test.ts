import { describe, expect, it } from '@jest/globals';
import { ServiceNotUsableError } from '../../../shared/core/errors.ts';
import { isThrottled, type Unknown, type UnknownCause, unknownBy } from '../../../shared/core/unknown.ts';

const named = (name: string, message = 'said AWS') => Object.assign(new Error(message), { name });
const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

describe('an error', () => {
  it.each<[unknown, UnknownCause]>([
    [named('ThrottlingException'), 'throttled'],
    [named('Throttling'), 'throttled'],
    [named('AccessDeniedException'), 'denied'],
    [named('AccessDenied'), 'denied'],
    [named('UnauthorizedOperation'), 'denied'],
    [named('UnrecognizedClientException'), 'denied'],
    [named('ClusterNotFoundException'), 'missing'],
    [named('ServiceNotFoundException'), 'missing'],
    [named('ObjectNotFoundException'), 'missing'],
    [named('ResourceNotFoundException'), 'missing'],
    [named('TimeoutError'), 'late'],
    [refused, 'unreachable'],
    [new TypeError('fetch failed', { cause: refused }), 'unreachable'],
    [named('ServerException', 'ThrottlingException: said someone'), 'failed'],
    [new TypeError('undefined is not a function'), 'failed'],
    [Object.assign(new Error('odd'), { code: 500 }), 'failed'],
    ['no error', 'failed'],
  ])('%s leaves unknown because of %s', (error, cause) => {
    expect(unknownBy(error).cause).toBe(cause);
  });

  it('is kept by its name and at most 200 characters of its message', () => {
    expect(unknownBy(named('AccessDenied', 'x'.repeat(300)))).toEqual({
      cause: 'denied',
      error: 'AccessDenied',
      message: 'x'.repeat(200),
    });
    expect(unknownBy('no error')).toEqual({ cause: 'failed', error: 'string', message: '' });
  });

  it('of a service that cannot be used keeps the whole message, which is the product’s own', () => {
    const message = `service ${'x'.repeat(300)} is DRAINING, not ACTIVE`;
    expect(unknownBy(new ServiceNotUsableError(message))).toEqual({ cause: 'not-usable', message });
  });
});

describe('throttling', () => {
  const throttled = unknownBy(named('ThrottlingException'));
  const late: Unknown = { cause: 'late', seconds: 10 };
  const both = (...unknown: Unknown[]): Unknown => ({
    cause: 'every-source',
    sources: unknown.map((one, i) => ({ source: `source ${i}`, unknown: one })),
  });

  it.each<[Unknown, boolean]>([
    [throttled, true],
    [late, false],
    [both(late, throttled), true],
    [both(late, late), false],
  ])('%j: %s', (unknown, expected) => {
    expect(isThrottled(unknown)).toBe(expected);
  });
});
