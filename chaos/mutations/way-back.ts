import type { Mutation } from './mutation.ts';

/** Bugs in what the way back takes for calm, and in how it ends. */
export const inWayBack: readonly Mutation[] = [
  {
    scenario: 49,
    name: 'every warning is taken for a normal day',
    file: 'shared/plan/scale-in.ts',
    find: '(limits[metric]?.upTo ?? 0)',
    replace: '(limits[metric]?.upTo ?? Number.POSITIVE_INFINITY)',
    amid: { troubles: [{ kind: 'connections-held', connections: 35, from: 60, until: 7200 }] },
  },
];
