import { describe, expect, it } from '@jest/globals';
import { checkers } from '../../../local/chaos/check.ts';
import type { Summary } from '../../../local/chaos/summary.ts';
import { playInProcesses } from '../../../local/chaos/workers.ts';

/** In processes of their own, without Jest's transforms: 300 runs take about half a minute on two free cores. */
const patience = 900_000;
const seed = 1;

let played: Promise<Summary> | undefined;
const runs = () => {
  played ??= playInProcesses({ runs: 300, seed, workers: 2 });
  return played;
};

describe('300 generated incidents', () => {
  it(
    'violate no invariant',
    async () => {
      const { runs: count, violations } = await runs();
      const told = violations.map(
        (one) => `${one.invariant}: ${one.text}; npm run chaos -- --replay ${one.seed}`,
      );
      expect(told).toEqual([]);
      expect(count).toBe(300);
    },
    patience,
  );

  it(
    'give every checker something to check',
    async () => {
      const { live } = await runs();
      const idle = checkers.filter(({ name }) => (live[name]?.plays ?? 0) === 0).map(({ name }) => name);
      expect(idle).toEqual([]);
    },
    patience,
  );

  it(
    'meet the product with faults of every kind',
    async () => {
      const { reach } = await runs();
      const met = Object.keys(reach);
      expect(met).toEqual(
        expect.arrayContaining([
          'ThrottlingException',
          'timeout-after',
          'timeout-before',
          'slow answer',
          'clock off',
          'stopped',
          'faulty input',
          'switch off',
          'alarm event again',
          'store lost-answer',
        ]),
      );
      for (const kind of [/^killed before/, /^killed after/, /^stale/, /^person/, / down$/])
        expect(met.some((fault) => kind.test(fault))).toBe(true);
    },
    patience,
  );
});
