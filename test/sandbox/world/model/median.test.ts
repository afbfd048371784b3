import { expect, it } from '@jest/globals';
import { median } from '../../../../sandbox/world/model/median.ts';

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9], 9.5],
  [[7], 7],
  [[], Number.NaN],
])('the middle of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});
