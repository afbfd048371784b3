import { expect, it } from '@jest/globals';
import { createTokenBucket } from '../../../sandbox/aws/token-bucket.ts';

/** Two at once, one every half second. */
function bucket() {
  let now = 1000;
  const made = createTokenBucket({ burst: 2, perSecond: 2 }, () => now);
  return { ...made, pass: (milliseconds: number) => (now += milliseconds) };
}

it('gives its burst at once, and then as fast as it is refilled', () => {
  const { take, pass } = bucket();
  expect([take(), take(), take()]).toEqual([true, true, false]);
  pass(499);
  expect(take()).toBe(false);
  pass(1);
  expect([take(), take()]).toEqual([true, false]);
});

it('never holds more than its burst', () => {
  const { take, pass } = bucket();
  pass(3_600_000);
  expect([take(), take(), take()]).toEqual([true, true, false]);
});

it('lends tokens, and says after how many milliseconds each is there', () => {
  const { owe, take, pass } = bucket();
  expect([owe(), owe(), owe(), owe()]).toEqual([0, 0, 500, 1000]);
  pass(1000);
  expect(take()).toBe(false);
  pass(500);
  expect(take()).toBe(true);
});
