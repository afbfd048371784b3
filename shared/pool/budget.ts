import type { Database, Instance, Pool, Postgres } from './types.ts';

/** A PgBouncer by its address, once it is known. */
export interface Known {
  name: string;
  instance: Instance;
}

/** One setting of one PgBouncer, or of one of its databases, that may become larger. */
export interface Raise {
  instance: string;
  setting: 'default_pool_size' | 'reserve_pool_size' | 'min_pool_size' | 'pool_size';
  /** For `pool_size`, which a database has in pgbouncer.ini. */
  database?: string;
  from: number;
  to: number;
}

/** What all pools may take of PostgreSQL, and what there is. */
export interface Budget {
  /** Connections of every pool and reserve at their full size, over all instances. */
  pools: number;
  /** Connections that come past PgBouncer. */
  direct: number;
  /** max_connections without the reserved slots. */
  limit: number;
}

/** SHOW DATABASES does not say where a size comes from; one that is the default's anyway is no obstacle before a change. */
export const hasOwnSize = (database: Database, { settings }: Instance): boolean =>
  database.poolSize !== settings.defaultPoolSize;

const raised = (
  raises: readonly Raise[],
  instance: string,
  setting: Raise['setting'],
  database?: string,
): number | undefined =>
  raises.find((one) => one.instance === instance && one.setting === setting && one.database === database)?.to;

/** Connections of a pool and its reserve at their full size, after these raises. */
function fullSize(known: Known, database: Database | undefined, raises: readonly Raise[]): number {
  const { name, instance } = known;
  const { defaultPoolSize, reservePoolSize } = instance.settings;
  const byDefault = raised(raises, name, 'default_pool_size') ?? defaultPoolSize;
  const reserveByDefault = raised(raises, name, 'reserve_pool_size') ?? reservePoolSize;
  if (!database) return byDefault + reserveByDefault;
  const own = raised(raises, name, 'pool_size', database.name);
  const size = own ?? (hasOwnSize(database, instance) ? database.poolSize : byDefault);
  const reserve = database.reservePoolSize === reservePoolSize ? reserveByDefault : database.reservePoolSize;
  return size + reserve;
}

/** A database that nobody has used yet gets a pool with its first client, so it counts as one. */
function fullSizes(known: Known, raises: readonly Raise[]): number {
  const { pools, databases } = known.instance;
  const used = pools.map((pool) => fullSize(known, databaseOf(known.instance, pool), raises));
  const unused = databases
    .filter(({ name, disabled }) => !disabled && !pools.some((pool) => pool.database === name))
    .map((database) => fullSize(known, database, raises));
  return [...used, ...unused].reduce((sum, size) => sum + size, 0);
}

export const databaseOf = ({ databases }: Instance, pool: Pool): Database | undefined =>
  databases.find(({ name }) => name === pool.database);

/**
 * Connections that do not come from these PgBouncers. Where their databases are on more than one server, nobody knows how
 * many of a pool's connections are on this one, so all of its connections count as others'.
 */
function directConnections(all: readonly Known[], { connections }: Postgres): number {
  const places = all.flatMap(({ instance }) =>
    instance.databases
      .filter(({ name }) => instance.pools.some((pool) => pool.database === name))
      .map(({ host, port }) => `${host}:${port}`),
  );
  if (new Set(places).size > 1) return connections;
  const ours = all.flatMap(({ instance }) => instance.pools.map(({ servers }) => servers));
  return Math.max(0, connections - ours.reduce((sum, servers) => sum + servers, 0));
}

/** The budget of connections after these raises. Pure. */
export function budgetOf(all: readonly Known[], postgres: Postgres, raises: readonly Raise[] = []): Budget {
  return {
    pools: all.map((known) => fullSizes(known, raises)).reduce((sum, size) => sum + size, 0),
    direct: directConnections(all, postgres),
    limit: Math.max(0, postgres.maxConnections - postgres.reserved),
  };
}

/** Whether PostgreSQL has a slot left when every pool is full: the last one is nobody's (invariant 22). */
export const isWithin = ({ pools, direct, limit }: Budget): boolean => pools + direct < limit;

/** The largest value up to `most` that fits, above `from`; undefined where none does. */
function largest(from: number, most: number, fits: (value: number) => boolean): number | undefined {
  for (let value = most; value > from; value -= 1) if (fits(value)) return value;
  return undefined;
}

const sizeIn = {
  default_pool_size: ({ defaultPoolSize }: Instance['settings']) => defaultPoolSize,
  reserve_pool_size: ({ reservePoolSize }: Instance['settings']) => reservePoolSize,
  min_pool_size: ({ minPoolSize }: Instance['settings']) => minPoolSize,
};

/** The same value for every instance whose own is lower. */
const everywhere = (all: readonly Known[], setting: keyof typeof sizeIn, to: number): Raise[] =>
  all
    .map(({ name, instance: { settings } }) => ({
      instance: name,
      setting,
      from: sizeIn[setting](settings),
      to,
    }))
    .filter(({ from }) => from < to);

/**
 * How far the default size may be raised on every instance at once, the reserve with what is left: the first is used all
 * the time, the other only by those who wait long. What each pool keeps open goes with the size and never above it, so it takes
 * nothing of the budget. Empty where the budget or the configured size leaves no room. Pure.
 */
export function defaultRaises(
  all: readonly Known[],
  postgres: Postgres,
  most: { defaultPoolSize: number; reservePoolSize: number; minPoolSize: number },
): Raise[] {
  const fits = (raises: readonly Raise[]) => isWithin(budgetOf(all, postgres, raises));
  const lowest = (of: (settings: Instance['settings']) => number) =>
    Math.min(...all.map(({ instance }) => of(instance.settings)));
  const sizes = (to: number) => everywhere(all, 'default_pool_size', to);
  const size = largest(
    lowest(({ defaultPoolSize }) => defaultPoolSize),
    most.defaultPoolSize,
    (to) => fits(sizes(to)),
  );
  if (size === undefined) return [];
  const reserves = (to: number) => [...sizes(size), ...everywhere(all, 'reserve_pool_size', to)];
  const reserve = largest(
    lowest(({ reservePoolSize }) => reservePoolSize),
    most.reservePoolSize,
    (to) => fits(reserves(to)),
  );
  return [...reserves(reserve ?? 0), ...everywhere(all, 'min_pool_size', Math.min(most.minPoolSize, size))];
}

/** How far the own size of a database may be raised beside other raises; undefined where there is no room. Pure. */
export function ownRaise(
  all: readonly Known[],
  postgres: Postgres,
  most: number,
  { instance, database, from }: { instance: string; database: string; from: number },
  beside: readonly Raise[],
): Raise | undefined {
  const raise = (to: number): Raise => ({ instance, setting: 'pool_size', database, from, to });
  const to = largest(from, most, (value) => isWithin(budgetOf(all, postgres, [...beside, raise(value)])));
  return to === undefined ? undefined : raise(to);
}
