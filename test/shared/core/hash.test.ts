import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, hashOf } from '../../../shared/core/hash.ts';

it('has the same text whatever the order of keys', () => {
  expect(canonicalJson({ b: 1, a: { d: [2, { z: 1, y: 2 }], c: 3 } })).toBe(
    '{"a":{"c":3,"d":[2,{"y":2,"z":1}]},"b":1}',
  );
});

it('keeps the order of lists, which means something', () => {
  expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
});

it('leaves out what is undefined, as the stored document does', () => {
  expect(hashOf({ a: 1, b: undefined })).toBe(hashOf({ a: 1 }));
});

it('is SHA-256 in hexadecimal', () => {
  expect(hashOf(null)).toBe('74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b');
});

/** The same value with the keys of every object in reverse order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, child]) => [key, reversed(child)]),
  );
};

it('does not depend on the order of keys, for any value', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => hashOf(reversed(value)) === hashOf(value)));
});

it('differs where a value differs', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(hashOf(one) === hashOf(other)).toBe(canonicalJson(one) === canonicalJson(other));
    }),
  );
});
