import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { InvalidInputError } from '../../shared/errors.ts';
import { parse } from '../../shared/schema.ts';

const Input = z.strictObject({
  count: z.int().min(1, 'must be 1 or more'),
  to: z.enum(['up', 'down']).optional(),
  deep: z.object({ name: z.string() }).optional(),
});

describe('parsing', () => {
  it('gives back what is right', () => {
    expect(parse(Input, { count: 1, to: 'up' })).toEqual({ count: 1, to: 'up' });
  });

  it.each([
    [{ count: 0 }, 'count: must be 1 or more'],
    [{ count: 1, to: 'left' }, 'to: must be one of up, down'],
    [{ count: 1, a: 1, b: 2 }, 'input: unknown key "a", "b"'],
    [{ count: 1, deep: {} }, 'deep.name: expected string, received undefined'],
    ['text', 'input: expected object, received string'],
    [{ count: 0, to: 'left' }, 'count: must be 1 or more; to: must be one of up, down'],
  ])('names every fault of %j', (input, message) => {
    expect(() => parse(Input, input)).toThrow(new InvalidInputError(message));
  });
});
