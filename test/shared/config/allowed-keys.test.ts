import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { allowedKeys } from '../../../shared/config/allowed-keys.ts';

const inner = z.strictObject({ a: z.string(), b: z.string().optional() });

describe('the keys that a schema knows', () => {
  it.each<[string, z.ZodType, PropertyKey[], string[]]>([
    ['at the top', inner, [], ['a', 'b']],
    ['under a key', z.object({ one: inner }), ['one'], ['a', 'b']],
    ['of each entry of a record', z.record(z.string(), inner), ['any'], ['a', 'b']],
    ['of each element of a list', z.array(inner), [3], ['a', 'b']],
    ['where it may be missing', z.object({ one: inner.optional() }), ['one'], ['a', 'b']],
    ['where it may be null', inner.nullable(), [], ['a', 'b']],
    ['where it has a default', inner.default({ a: 'x' }), [], ['a', 'b']],
    ['where it is filled in', inner.prefault({ a: 'x' }), [], ['a', 'b']],
    ['where it may only be read', inner.readonly(), [], ['a', 'b']],
    ['where it must be there', z.nonoptional(inner.optional()), [], ['a', 'b']],
    ['before it is changed', inner.transform(() => 1), [], ['a', 'b']],
    ['where it is checked further', z.object({ one: inner.refine(() => true) }), ['one'], ['a', 'b']],
    [
      'of every alternative, each once',
      z.union([inner, z.object({ b: z.int(), c: z.int() })]),
      [],
      ['a', 'b', 'c'],
    ],
    ['under a key of alternatives', z.union([z.object({ one: inner }), z.int()]), ['one'], ['a', 'b']],
    ['of a text: none', z.string(), [], []],
    ['under a key of a text: none', z.string(), ['one'], []],
    ['under a key that it does not know: none', inner, ['c', 'd'], []],
  ])('%s', (_, schema, path, keys) => {
    expect(allowedKeys(schema, path)).toEqual(keys);
  });
});
