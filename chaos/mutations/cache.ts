import { rare } from '../generate/circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in what is done to a cache. */
export const inTheCache: readonly Mutation[] = [
  {
    scenario: 65,
    name: 'keys are removed though the database has enough to do',
    file: 'shared/cache/next-batch.ts',
    find: "return load.value <= loadLimit ? 'go-on'",
    replace: "return load.value >= 0 ? 'go-on'",
    amid: rare.cacheUnlinked,
  },
  {
    scenario: 65,
    name: 'all keys of a prefix are removed at once',
    file: 'shared/cache/relieve.ts',
    find: "const keysAtATime = '1000';",
    replace: "const keysAtATime = '1000000';",
    amid: rare.cacheUnlinked,
  },
  {
    scenario: 65,
    name: 'one approver is enough for a flush',
    file: 'shared/cache/relief.ts',
    find: 'unlink: 1, flush: 2 }',
    replace: 'unlink: 1, flush: 1 }',
    amid: { ...rare.cacheFlushed, environment: 'staging' },
  },
  {
    scenario: 'invariant 8',
    name: "a person's policy of the cache is overwritten",
    file: 'shared/cache/policy.ts',
    find: "if (before.value !== from) return { code: 'person', policy: before.value };",
    replace: "if (before.value === '') return { code: 'person', policy: before.value };",
    amid: rare.cachePolicyOfPerson,
  },
];
