import fc from 'fast-check';
import { chaosDefinitions } from './definitions.ts';
import type { Moment } from './incident.ts';

export const whole = (min: number, max: number) => fc.integer({ min, max });
export const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** States at which something can happen: of each machine those that do work or wait. */
const states = ['emergency-scaling', 'scale-in', 'rollback'].flatMap((machine) => {
  const found = chaosDefinitions().machines.get(machine)?.definition.States ?? {};
  return Object.entries(found)
    .filter(([, state]) => state.Type === 'Task' || state.Type === 'Wait')
    .map(([state]) => ({ machine, state }));
});

/** When something happens: mostly right after a state was entered, else at any time. */
export const moment: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ atSeconds: whole(60, 2400) }) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(oneOf(states), oneOf([1, 1, 1, 2, 3]), oneOf([0, 0, 1, 2, 5, 15]))
      .map(([place, visit, afterSeconds]) => ({ ...place, visit, afterSeconds })),
  },
);
