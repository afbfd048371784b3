import type { Unknown } from '../core/unknown.ts';
import {
  type Budget,
  budgetOf,
  defaultRaises,
  hasOwnSize,
  type Known,
  ownRaise,
  type Raise,
} from './budget.ts';
import { type Hold, holdsOf } from './holds.ts';
import { freeSlots, isFull } from './sessions.ts';
import type { SidecarBudget } from './topology/sidecar.ts';
import type { Database, Instance, Postgres, Session } from './types.ts';
import {
  type Busy,
  busyPools,
  heldBy,
  isSamePool,
  isShort,
  knownOf,
  type PoolLimits,
  type PoolsSeen,
  told,
  type Waiting,
} from './waiting/pools.ts';
import { slowOnAverage } from './waiting/query-time.ts';

/** The closed list of what may be wrong with the pools, each with its facts. */
export type FindingFacts = {
  /** PostgreSQL lets PgBouncer open no more connections. */
  refused: { pools: Waiting[]; freeSlots?: number };
  /** Sessions of the pool sit in an open transaction, wait for a lock, or run a long query. */
  leaked: { pools: Waiting[]; hold: Hold };
  locked: { pools: Waiting[]; hold: Hold };
  slow: { pools: Waiting[]; hold: Hold };
  /** No single query is long, but a query takes long on average. */
  'slow-on-average': { pools: Waiting[]; seconds: number };
  paused: { pools: Waiting[] };
  'clients-full': { instance: string; clients: number; limit: number; to?: number };
  /** A limit on all connections of the database: max_db_connections, or its own. */
  'database-limit': { pools: Waiting[]; limit: number };
  /** SET has no effect on a database with a size of its own. */
  'own-size': { pools: Waiting[]; raises: Raise[]; databases: Database[] };
  'too-small': { pools: Waiting[]; raises: Raise[]; budget: Budget; freeSlots: number };
  /** Too small, but nothing can be raised: every connection is given out, or the configured size is reached. */
  'no-room': { pools: Waiting[]; budget: Budget; because: 'budget' | 'configured' | 'unread' };
  /** PgBouncer is still opening connections. */
  filling: { pools: Waiting[] };
  unknown: { what: 'instance' | 'postgresql'; name: string; pools: Waiting[]; unknown: Unknown };
  /** One PgBouncer beside each task: nothing is set; `to` is the pool that people may give each, where one is larger. */
  sidecar: { budget: SidecarBudget; tasks: number; freeSlots?: number; to?: number };
  ok: { instances: number };
};

/** One thing that is wrong with the pools, or that nothing is. */
export type Finding = {
  [Code in keyof FindingFacts]: { code: Code } & FindingFacts[Code];
}[keyof FindingFacts];

/** Whether a short pool was so before, and has not grown since. */
const hasNotGrown = (busy: Busy, before: readonly Busy[]): boolean =>
  before.some((one) => isShort(one) && isSamePool(busy, one) && busy.waiting.servers <= one.waiting.servers);

const some = (pools: readonly Busy[], finding: (pools: Waiting[]) => Finding): Finding[] =>
  pools.length > 0 ? [finding(told(pools))] : [];

/**
 * What is wrong with the pools, the cause that has to go first in front; nothing is raised unless everything that the
 * budget needs is known. Pure. Source: runbook, PgBouncer Emergency Adjustments.
 */
export function poolVerdict(seen: PoolsSeen, limits: PoolLimits): [Finding, ...Finding[]] {
  const all = knownOf(seen.instances);
  const busy = busyPools(all, limits.waitSeconds);
  const postgres = 'value' in seen.postgres ? seen.postgres.value : undefined;
  const free = postgres && freeSlots(postgres);
  const full = isFull(seen.postgres);
  const before = busyPools(knownOf(seen.before ?? []), limits.waitSeconds);

  // One that is disabled lets nobody new in, and makes nobody wait who is.
  const paused = busy.filter(({ database }) => database?.paused);
  const limited = busy.filter((one) => !paused.includes(one) && isLimited(one.database));
  const rest = busy.filter((one) => !paused.includes(one) && !limited.includes(one));
  const short = rest.filter(isShort);
  const refused = short.filter((one) => full || hasNotGrown(one, before));
  const filling = short.filter((one) => !refused.includes(one));
  const filled = rest.filter((one) => !isShort(one));
  const refuses = full || refused.length > 0;
  const slow = slowOnAverage(filled, before, seen, limits);

  const findings: Finding[] = [
    ...(refuses
      ? [
          {
            code: 'refused' as const,
            pools: told(refused),
            ...(free === undefined ? {} : { freeSlots: free }),
          },
        ]
      : []),
    ...fromSessions(filled, postgres),
    ...some(
      slow.map(({ one }) => one),
      (pools) => ({
        code: 'slow-on-average',
        pools,
        seconds: Math.max(...slow.map(({ seconds }) => seconds)),
      }),
    ),
    ...some(paused, (pools) => ({ code: 'paused', pools })),
    ...fullOfClients(all, busy, refuses ? 0 : limits.maxClientConn),
    ...some(limited, (pools) => ({
      code: 'database-limit',
      pools,
      limit: limited[0]?.database?.maxConnections ?? 0,
    })),
    ...(refuses
      ? []
      : tooSmall(
          seen,
          filled.filter((one) => !slow.some((each) => each.one === one)),
          all,
          limits,
        )),
    ...some(filling, (pools) => ({ code: 'filling', pools })),
    ...unknownInstances(seen),
  ];
  const [first, ...more] = findings;
  return first ? [first, ...more] : [{ code: 'ok', instances: all.length }];
}

const isLimited = (database: Database | undefined) =>
  database !== undefined &&
  database.maxConnections > 0 &&
  database.currentConnections >= database.maxConnections;

/** What holds the connections of full pools, each kind once. */
function fromSessions(filled: readonly Busy[], postgres: Postgres | undefined): Finding[] {
  if (!postgres) return [];
  const kinds = ['leaked', 'locked', 'slow'] as const;
  return kinds.flatMap((kind) => {
    const found = filled.flatMap((one) => {
      const hold = holdsOf(one.pool, one.database, postgres).find((each) => each.kind === kind);
      return hold ? [{ one, hold }] : [];
    });
    const each = (of: (hold: Hold) => Session[]) => [
      ...new Map(found.flatMap(({ hold }) => of(hold)).map((session) => [session.pid, session])).values(),
    ];
    const hold = {
      kind,
      sessions: each(({ sessions }) => sessions),
      blockers: each(({ blockers }) => blockers),
    };
    return some(
      found.map(({ one }) => one),
      (pools) => ({ code: kind, pools, hold }),
    );
  });
}

/** Whether max_client_conn keeps further clients out. Pure. */
export const isFullOfClients = ({ clients, settings }: Instance): boolean =>
  clients >= settings.maxClientConn;

/** More clients only help where those that are in don't wait. */
function fullOfClients(all: readonly Known[], busy: readonly Busy[], most: number): Finding[] {
  return all
    .filter(({ instance }) => isFullOfClients(instance))
    .map(({ name, instance: { clients, settings } }) => {
      const mayRaise = most > settings.maxClientConn && !busy.some(({ known }) => known.name === name);
      return {
        code: 'clients-full' as const,
        instance: name,
        clients,
        limit: settings.maxClientConn,
        ...(mayRaise ? { to: most } : {}),
      };
    });
}

/** Full pools that nothing holds up but their size. */
function tooSmall(
  seen: PoolsSeen,
  filled: readonly Busy[],
  all: readonly Known[],
  limits: PoolLimits,
): Finding[] {
  if ('unknown' in seen.postgres) {
    const { unknown } = seen.postgres;
    return some(filled, (pools) => ({
      code: 'unknown',
      what: 'postgresql',
      name: 'PostgreSQL',
      pools,
      unknown,
    }));
  }
  const postgres = seen.postgres.value;
  const small = filled.filter((one) => heldBy(one, postgres).length === 0);
  // Nobody knows how many connections an instance may take that does not answer.
  if (all.length < seen.instances.length)
    return some(small, (pools) => ({
      code: 'no-room',
      pools,
      budget: budgetOf(all, postgres),
      because: 'unread',
    }));
  const own = small.filter(isOfOwnSize);
  const byDefault = small.filter((one) => !isOfOwnSize(one));
  const raises = byDefault.length > 0 ? defaultRaises(all, postgres, limits) : [];
  return [
    ...ownSizes(own, all, postgres, limits, raises),
    ...some(byDefault, (pools) => {
      if (raises.length > 0)
        return {
          code: 'too-small',
          pools,
          raises,
          budget: budgetOf(all, postgres, raises),
          freeSlots: freeSlots(postgres),
        };
      const reached = all.every(
        ({ instance }) => instance.settings.defaultPoolSize >= limits.defaultPoolSize,
      );
      return {
        code: 'no-room',
        pools,
        budget: budgetOf(all, postgres),
        because: reached ? 'configured' : 'budget',
      };
    }),
  ];
}

type OfOwnSize = Busy & { database: Database };
const isOfOwnSize = (one: Busy): one is OfOwnSize =>
  one.database !== undefined && hasOwnSize(one.database, one.known.instance);

/** Each database with its own size once for each instance, within what the others have left. */
function ownSizes(
  own: readonly OfOwnSize[],
  all: readonly Known[],
  postgres: Postgres,
  limits: PoolLimits,
  beside: readonly Raise[],
): Finding[] {
  const raises: Raise[] = [];
  for (const { known, database } of own) {
    if (raises.some((one) => one.instance === known.name && one.database === database.name)) continue;
    const where = { instance: known.name, database: database.name, from: database.poolSize };
    const raise = ownRaise(all, postgres, limits.defaultPoolSize, where, [...beside, ...raises]);
    if (raise) raises.push(raise);
  }
  const databases = own.map(({ database }) => database);
  return some(own, (pools) => ({ code: 'own-size', pools, raises, databases }));
}

const unknownInstances = ({ instances }: PoolsSeen): Finding[] =>
  instances.flatMap(({ name, reading }) =>
    'unknown' in reading
      ? [{ code: 'unknown' as const, what: 'instance' as const, name, pools: [], unknown: reading.unknown }]
      : [],
  );
