import fc from 'fast-check';
import { isCallback, parseResource } from '../../sandbox/engine/basics/arn.ts';
import { chaosDefinitions } from '../facts/definitions.ts';
import { kindOfFunction } from '../facts/step-kinds.ts';
import type { Moment } from './incident.ts';

export const whole = (min: number, max: number) => fc.integer({ min, max });
export const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** The workflows that people or alarms start. */
export const workflows = [
  'emergency-scaling',
  'scale-in',
  'rollback',
  'configure-autoscaling',
  'pgbouncer-emergency',
] as const;

/** States at which something can happen: of each machine those that do work or wait. */
const states = workflows.flatMap((machine) => {
  const found = chaosDefinitions().machines.get(machine)?.definition.States ?? {};
  return Object.entries(found).flatMap(([state, definition]) => {
    if (definition.Type === 'Wait') return { machine, state };
    return definition.Type === 'Task' ? { machine, state, resource: definition.Resource } : [];
  });
});

/** States that call a function; `write` where it changes the service. */
const steps = states.flatMap(({ machine, state, resource = '' }) => {
  const parsed = parseResource(resource);
  if (parsed?.kind !== 'function' && !isCallback(parsed)) return [];
  const kind = parsed?.kind === 'function' ? kindOfFunction[parsed.function] : 'ask';
  return { machine, state, kind };
});

/** In the middle of a step: between any two of its calls. */
const within = (places: typeof steps, mostCalls: number) =>
  fc
    .tuple(oneOf(places), oneOf([1, 1, 1, 2, 3]), whole(1, mostCalls))
    .map(([{ machine, state }, visit, call]) => ({ machine, state, visit, call }));

/** When something happens: mostly right after a state was entered or in the middle of a step, else at any time. */
export const moment: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ atSeconds: whole(60, 2400) }) },
  {
    weight: 7,
    arbitrary: fc
      .tuple(oneOf(states), oneOf([1, 1, 1, 2, 3]), oneOf([0, 0, 1, 2, 5, 15]))
      .map(([{ machine, state }, visit, afterSeconds]) => ({ machine, state, visit, afterSeconds })),
  },
  // A writing step makes nine: four reads, the switch, the lock, the write, and the note of it.
  {
    weight: 4,
    arbitrary: within(
      steps.filter(({ kind }) => kind === 'write'),
      9,
    ),
  },
  { weight: 2, arbitrary: within(steps, 12) },
);
