import { expect, it } from '@jest/globals';
import { firstOfEach } from '../../../shared/core/first-of-each.ts';

it('keeps the first of those that are told alike, in their order', () => {
  const items = ['b1', 'a1', 'b2', 'c1', 'a2'];
  expect(firstOfEach(items, (item) => item.slice(0, 1))).toEqual(['b1', 'a1', 'c1']);
  expect(firstOfEach([], String)).toEqual([]);
});
