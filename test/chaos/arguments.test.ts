import { describe, expect, it } from '@jest/globals';
import { chaosUsage, parseChaosArguments } from '../../chaos/arguments.ts';

describe('the arguments of npm run chaos', () => {
  it('have defaults', () => {
    expect(parseChaosArguments([])).toMatchObject({ seed: 1, workers: 2, mutations: false, json: false });
  });

  it('are taken as they are', () => {
    expect(
      parseChaosArguments(['--runs', '5', '--seed', '9', '--workers', '1', '--seconds', '60', '--json']),
    ).toMatchObject({ runs: 5, seed: 9, workers: 1, seconds: 60, json: true });
    expect(parseChaosArguments(['--replay', '17'])).toMatchObject({ replay: 17, amid: [] });
    expect(parseChaosArguments(['--amid', 'poolTooSmall, slotsTaken'])).toMatchObject({
      amid: ['poolTooSmall', 'slotsTaken'],
    });
  });

  it('ask for help', () => {
    expect(parseChaosArguments(['--help'])).toBeUndefined();
    for (const option of [
      '--runs',
      '--seed',
      '--replay',
      '--amid',
      '--mutations',
      '--workers',
      '--seconds',
      '--json',
    ]) {
      expect(chaosUsage).toContain(option);
    }
  });

  it.each([
    [['--runs', 'many'], '--runs: "many" must be a whole number from 1 to 10000000'],
    [['--runs', '0'], '--runs: "0" must be a whole number'],
    [['--seed', '-1'], /--seed/],
    [['--seed', '1.5'], '--seed: "1.5" must be a whole number from 0 to 2000000000'],
    [['--replay', ''], '--replay: "" must be a whole number'],
    [['--workers', '65'], '--workers: "65" must be a whole number from 1 to 64'],
    [['--seconds', '0'], '--seconds: "0" must be a whole number from 1 to 86400'],
    [['--speed', '3'], /--speed.*allowed: --runs/],
    [['--amid', 'poolTooSmall,flood'], /--amid: "flood" is none; allowed: .*poolTooSmall/],
    [['now'], /now.*allowed: --runs/],
  ])('%j are refused by name', (argv, message) => {
    expect(() => parseChaosArguments(argv)).toThrow(message);
  });
});
