import { describe, expect, it } from '@jest/globals';
import { parseOptions, wholeNumber } from '../../cli/options.ts';

const options = {
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  trace: { type: 'string', multiple: true },
} as const;

describe('the options of a command', () => {
  it('have their defaults where they are not given', () => {
    expect(parseOptions([], { options })).toEqual({ seed: '1', json: false });
    expect(parseOptions(['--seed', '7', '--json', '--trace=a', '--trace', 'b'], { options })).toEqual({
      seed: '7',
      json: true,
      trace: ['a', 'b'],
    });
  });

  it.each([
    [['--sed', '7'], "Unknown option '--sed'; allowed: --seed, --json, --trace"],
    [['--seed'], "Option '--seed <value>' argument missing; allowed: --seed, --json, --trace"],
    [['seven'], /Unexpected argument 'seven'.*; allowed: --seed, --json, --trace$/],
  ])('are refused with those that are allowed: %j', (argv, message) => {
    expect(() => parseOptions(argv, { options })).toThrow(message);
  });

  it('take a number below zero for the value that it is', () => {
    expect(parseOptions(['--seed', '-1', '--json'], { options })).toMatchObject({ seed: '-1', json: true });
    expect(() => wholeNumber('--seed', '-1', 0, 9)).toThrow(
      '--seed: "-1" must be a whole number from 0 to 9',
    );
    expect(() => parseOptions(['--json', '-1'], { options })).toThrow(/allowed: --seed/);
  });

  it('names as allowed only those that are', () => {
    expect(() => parseOptions(['-x'], { options, allowed: ['seed'] })).toThrow(/; allowed: --seed$/);
  });
});

describe('a whole number', () => {
  it.each([
    ['5', 5],
    ['10', 10],
    [' 7 ', 7],
  ])('is taken within its range, ends included: "%s"', (text, number) => {
    expect(wholeNumber('--runs', text, 5, 10)).toBe(number);
  });

  it.each(['4', '11', '7.5', '', ' ', 'seven', 'Infinity'])('is nothing else: "%s"', (text) => {
    expect(() => wholeNumber('--runs', text, 5, 10)).toThrow(
      `--runs: "${text}" must be a whole number from 5 to 10`,
    );
  });
});
