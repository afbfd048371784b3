import { expect, it } from '@jest/globals';
import { notBefore } from '../../../shared/notices/retry-after.ts';

const now = new Date('2026-10-02T17:10:00Z');
const read = (retryAfter: string | undefined, status = 429) =>
  notBefore(
    { status, latencyMilliseconds: 1, body: '', ...(retryAfter === undefined ? {} : { retryAfter }) },
    now,
  )?.toISOString();

it.each([
  ['30', '2026-10-02T17:10:30.000Z'],
  ['0.5', '2026-10-02T17:10:00.500Z'],
  ['3600', '2026-10-02T18:10:00.000Z'],
  ['3601', '2026-10-02T18:10:00.000Z'],
  ['99999999999999999999999', '2026-10-02T18:10:00.000Z'],
  ['Fri, 02 Oct 2026 17:12:00 GMT', '2026-10-02T17:12:00.000Z'],
  ['Fri, 09 Oct 2026 17:12:00 GMT', '2026-10-02T18:10:00.000Z'],
  ['Fri, 02 Oct 2026 17:10:00 GMT', undefined],
  ['Fri, 02 Oct 2026 17:09:00 GMT', undefined],
  ['0', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After "%s" is %s', (header, expected) => {
  expect(read(header)).toBe(expected);
});

it.each([
  [429, true],
  [503, true],
  [500, false],
  [403, false],
  [200, false],
])('an answer with %d keeps its Retry-After: %s', (status, kept) => {
  expect(read('30', status) !== undefined).toBe(kept);
});
