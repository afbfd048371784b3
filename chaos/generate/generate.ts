import fc from 'fast-check';
import type { Trouble } from '../../sandbox/world/model/trouble.ts';
import { amid, circumstances, type RareName, rare } from './circumstances.ts';
import { fault } from './faults.ts';
import type { ChaosIncident } from './incident.ts';
import { oneOf } from './moments.ts';
import { serviceOf } from './traffic.ts';
import { followedRelease, pausedRelease, trouble } from './troubles.ts';

/** Every incident that the machine can think of. The faults come first, so that shrinking removes them first. */
export const incidents: fc.Arbitrary<ChaosIncident> = fc.record({
  faults: fc.oneof(
    { weight: 5, arbitrary: fc.array(fault, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(fault, { minLength: 5, maxLength: 10 }) },
  ),
  troubles: fc.oneof(
    { weight: 12, arbitrary: fc.constant<Trouble[]>([]) },
    { weight: 8, arbitrary: fc.array(trouble, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.tuple(pausedRelease, trouble).map(([paused, other]) => [...paused, other]) },
    { weight: 1, arbitrary: followedRelease },
  ),
  environment: oneOf(['staging', 'staging', 'production'] as const),
  taskStartSeconds: oneOf([40, 40, 40, 40, 40, 240]),
  trigger: oneOf(['console', 'alarm', 'alarm'] as const),
  approver: fc.record({
    answer: oneOf(['yes', 'yes', 'yes', 'yes', 'no', 'never'] as const),
    delaySeconds: oneOf([5, 60, 60, 400]),
  }),
  traffic: fc.record({
    factor: oneOf([1.2, 2, 2, 3, 4]),
    riseSeconds: oneOf([5, 60]),
    holdSeconds: oneOf([240, 420, 900]),
  }),
  worker: fc.oneof(
    { weight: 29, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

/**
 * The incident of a seed: the same one every time. Its circumstances are drawn last, and change nothing of the rest.
 * @param within circumstances of which each incident holds one besides, in turns; none where the list is empty
 */
export function incidentOf(seed: number, within: readonly RareName[] = []): ChaosIncident {
  const [generated] = fc.sample(fc.noBias(fc.tuple(incidents, circumstances)), { seed, numRuns: 1 });
  if (!generated) throw new Error('fast-check generated nothing');
  const name = within[seed % Math.max(1, within.length)];
  return amid(amid(...generated), name && rare[name]);
}

/** An input as it is delivered: placeholders stand for the environment and its service. */
export function withNames(input: unknown, environment: ChaosIncident['environment']): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const named = (value: unknown) =>
    value === 'SERVICE' ? serviceOf(environment) : value === 'ENVIRONMENT' ? environment : value;
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, named(value)]));
}
