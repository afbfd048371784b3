import type { ObservedWrite, Recording } from '../../../chaos/record/recording.ts';
import { production, service } from '../../support/builders.ts';
import { at, type Case, invocation, write } from '../recordings.ts';

/** A cache whose database may work on twenty statements while keys go. */
const withLimit = { ...service, cache: { host: 'cache', mostActiveSessions: 20 } };
const config = { ...production, approval: { ...production.approval, approvalsNeeded: 1 } };

type Cache = ObservedWrite['after']['cache'];
interface Done {
  call?: string;
  from?: Partial<Cache>;
  to?: Partial<Cache>;
  relief?: object;
  request?: object;
  /** Who approved this relief. */
  by?: readonly string[];
  load?: number;
  /** A request for another relief was approved. */
  ofAnother?: boolean;
}

const usual: Cache = { policy: 'noeviction', keys: 48_200 };

/** What was done to the cache, as a recording: one write, and who approved it. */
function done(part: Done): Partial<Recording> {
  const { call = 'redis:UNLINK', from = {}, to = { keys: 47_500 }, relief = { code: 'unlink' } } = part;
  const { request = { source: 'console' }, by = ['ann'], load = 5, ofAnother = false } = part;
  const own = invocation('relieve-redis', 'redis-emergency', {
    document: { request, cachePlan: { hash: 'h1', relief } },
  });
  const asked = {
    id: 'a1',
    execution: 'redis-emergency',
    plan: { hash: ofAnother ? 'h0' : 'h1' },
    decisions: by.map((name) => ({ by: name, decision: 'approved' })),
  };
  const before = { ...usual, ...from };
  const changed = { cache: { ...before, ...to } };
  return {
    config,
    service: withLimit,
    answers: by.map((approver) => ({
      at: at(90),
      approvalId: 'a1',
      approver,
      decision: 'approved' as const,
    })),
    writes: [write(own, { cache: before }, changed, { call, load, approvals: [asked] })],
  };
}

const byPerson = ({ writes = [] }: Partial<Recording>): Partial<Recording> => ({
  config,
  service: withLimit,
  writes: writes.map(({ invocation: _, ...rest }) => ({ ...rest, who: 'person' })),
});

const flushed = (part: Done = {}) =>
  done({
    ...{ call: 'redis:FLUSHALL', to: { keys: 0 }, relief: { code: 'flush' }, by: ['ann', 'bolt'] },
    ...{ request: { source: 'console', flush: true } },
    ...part,
  });
const policy = (part: Done = {}) =>
  done({
    ...{ call: 'redis:CONFIG SET', to: { policy: 'allkeys-lru' } },
    ...{ relief: { code: 'policy', from: 'noeviction', to: 'allkeys-lru' } },
    ...part,
  });

export const cacheCases: Case[] = [
  {
    checker: '65 a cache is relieved with approvals',
    wrong: done({ by: [] }),
    says: /0 of 1 approved: 17:01:40 relieve-redis UNLINK cache \{"keys":48200\} → \{"keys":47500\}/,
    right: done({}),
    // What a person types takes nobody's approval here.
    excused: [byPerson(done({ by: [] }))],
  },
  {
    checker: '65 a cache is relieved with approvals',
    wrong: flushed({ by: ['ann'] }),
    says: /1 of 2 approved: .* FLUSHALL/,
    right: flushed(),
  },
  {
    checker: '65 a cache is relieved with approvals',
    wrong: done({ ofAnother: true }),
    says: /0 of 1 approved/,
    right: policy(),
  },
  {
    checker: '65 a cache is relieved with approvals',
    wrong: done({ relief: { code: 'policy' } }),
    says: /policy was approved: .* UNLINK/,
    right: policy({ relief: { code: 'restore', from: 'noeviction', to: 'allkeys-lru' } }),
  },
  {
    checker: '65 a flush is asked for',
    wrong: flushed({ request: { source: 'console' } }),
    says: /nobody asked for it: .* FLUSHALL/,
    right: flushed(),
    excused: [done({}), byPerson(flushed({ request: { source: 'console' } }))],
  },
  {
    checker: '65 a flush is asked for',
    wrong: flushed({ request: { source: 'alarm', flush: true } }),
    says: /nobody asked for it/,
    right: flushed(),
  },
  {
    checker: '22 the database bears what a cache loses',
    wrong: done({ load: 21 }),
    says: /21 of 20 sessions: .* UNLINK/,
    right: done({ load: 20 }),
    // A policy removes nothing at once.
    excused: [policy({ load: 90 }), byPerson(flushed({ load: 90 }))],
  },
  {
    checker: '22 the database bears what a cache loses',
    wrong: { ...flushed({ load: 0 }), service: { ...service, cache: { host: 'cache' } } },
    says: /0 of -1 sessions: .* FLUSHALL/,
    right: flushed({ load: 0 }),
  },
  {
    checker: "8 a person's cache policy stays",
    wrong: policy({ from: { policy: 'volatile-lru' } }),
    says: /noeviction was shown: .* CONFIG SET cache .*volatile-lru/,
    right: policy(),
    excused: [byPerson(policy({ from: { policy: 'volatile-lru' } }))],
  },
  {
    checker: '65 keys go in batches',
    wrong: done({ to: { keys: 8200 } }),
    says: /40000 keys at once: .* UNLINK/,
    right: done({}),
    excused: [flushed()],
  },
];
