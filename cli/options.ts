import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { InvalidInputError } from '../shared/core/errors.ts';

/** The options of a command as `parseArgs` knows them: no positional arguments, no unknown option. */
export interface Options<O extends ParseArgsOptionsConfig> {
  options: O;
  /** Those that are named as allowed; all without it. */
  allowed?: readonly string[];
}

/**
 * Parses a command line.
 * @throws InvalidInputError that names the option and those that are allowed.
 */
export function parseOptions<const O extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  { options, allowed = Object.keys(options) }: Options<O>,
) {
  try {
    return parseArgs({ args: joined(argv, options), options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Node explains in several sentences, some on lines of their own: the first says what is wrong.
    const why = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error);
    throw new InvalidInputError(`${why}; ${allowedOf(allowed)}`);
  }
}

/**
 * `--seed -1` as `--seed=-1`: Node takes a number below zero for a forgotten value, and says nothing of the values that the
 * option has. Pure.
 */
function joined(argv: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const isValue = (word: string, index: number) =>
    /^-\d/.test(word) && options[(argv[index - 1] ?? '').replace(/^--/, '')]?.type === 'string';
  return argv.flatMap((word, index) => {
    const next = argv[index + 1];
    if (isValue(word, index)) return [];
    return next !== undefined && isValue(next, index + 1) ? [`${word}=${next}`] : [word];
  });
}

/** `allowed: --seed, --json`. */
export const allowedOf = (names: readonly string[]): string =>
  `allowed: ${names.map((name) => `--${name}`).join(', ')}`;

/**
 * The number that an option gives.
 * @throws InvalidInputError that names the option and the range.
 */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new InvalidInputError(`${option}: "${text}" must be a whole number from ${least} to ${most}`);
  }
  return value;
}
