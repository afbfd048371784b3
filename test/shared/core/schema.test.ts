import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { datetime, int, parse, strict, tryParse } from '../../../shared/core/schema.ts';

const Input = strict({
  count: v.pipe(int, v.minValue(1, 'must be 1 or more')),
  to: v.optional(v.picklist(['up', 'down'])),
  deep: v.optional(v.object({ name: v.string() })),
  at: v.optional(datetime),
  list: v.optional(v.array(v.string())),
  secret: v.optional(v.pipe(v.string(), v.minLength(100))),
  AWS_ADDED: v.optional(v.string()),
});

const allowed = 'allowed: count, to, deep, at, list, secret';

describe('parsing', () => {
  it('gives back what is right', () => {
    expect(parse(Input, { count: 1, to: 'up' })).toEqual({ count: 1, to: 'up' });
    expect(tryParse(Input, { count: 1 })).toEqual({ count: 1 });
    expect(tryParse(Input, { count: 0 })).toBeUndefined();
  });

  it.each([
    [{ count: 0 }, 'count: must be 1 or more'],
    [{ count: 1, to: 'left' }, 'to: must be one of up, down'],
    [{ count: 1, a: 1 }, `input: unknown key "a"; ${allowed}`],
    [
      { count: 0, a: 1, b: 2 },
      `count: must be 1 or more; input: unknown key "a"; input: unknown key "b"; ${allowed}`,
    ],
    [{}, 'count: is missing'],
    [{ count: 1, deep: {} }, 'deep.name: is missing'],
    [{ count: 1, deep: { name: 5 } }, 'deep.name: expected string, received number'],
    [{ count: 1, deep: null }, 'deep: expected object, received null'],
    [{ count: 1, list: ['a', []] }, 'list.1: expected string, received array'],
    ['text', 'input: expected object, received string'],
    [null, 'input: expected object, received null'],
    [undefined, 'input: is missing'],
    [{ count: 0, to: 'left' }, 'count: must be 1 or more; to: must be one of up, down'],
  ])('names every fault of %j', (input, message) => {
    expect(() => parse(Input, input)).toThrow(new InvalidInputError(message));
  });

  it('names the further key of an object, or of a list, that valibot itself refuses', () => {
    const Pair = v.strictObject({
      deep: v.optional(v.strictObject({})),
      pair: v.optional(v.strictTuple([int])),
    });
    expect(() => parse(Pair, { other: 1 })).toThrow(new InvalidInputError('input: unknown key "other"'));
    expect(() => parse(Pair, { deep: { a: 1 } })).toThrow(new InvalidInputError('deep: unknown key "a"'));
    expect(() => parse(Pair, { pair: [1, 2] })).toThrow(new InvalidInputError('pair: unknown key "1"'));
  });

  it.each([
    [{ count: 1.5 }, 'count: must be a whole number'],
    [{ count: '5s3cr3t' }, 'count: expected number, received string'],
    [{ count: 1, secret: 's3cr3t' }, 'secret: Invalid length: Expected >=100'],
    [{ count: 1, secret: 's3cr3t of\ntwo lines' }, 'secret: Invalid length: Expected >=100'],
  ])('does not repeat the value of %j, which may be a secret', (input, message) => {
    expect(() => parse(Input, input)).toThrow(new InvalidInputError(message));
  });

  it.each([
    ['2026-10-02T17:00:00.000Z', true],
    ['2026-10-02T17:00:00Z', true],
    ['2026-10-02T19:00:00+02:00', false],
    ['2026-10-02', false],
    ['yesterday', false],
  ])('takes %s for an instant: %s', (at, right) => {
    expect(tryParse(datetime, at) === at).toBe(right);
  });
});
