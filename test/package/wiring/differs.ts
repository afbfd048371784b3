import { isDeepStrictEqual } from 'node:util';

/** What is not as expected, in words; nothing where it is. */
export const differs = (what: string, actual: unknown, expected: unknown): string[] =>
  isDeepStrictEqual(actual, expected)
    ? []
    : [`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
