/** What a function needs of the servers of `config/`, without the schemas that only packaging does: they are large. */

/** Where PgBouncer, PostgreSQL, and Redis and Valkey listen unless they are told otherwise. */
export const pgbouncerPort = 6432;
export const postgresPort = 5432;
export const cachePort = 6379;

/** Where a server is, and the name in its certificate where that is not the host's. */
export interface Place {
  host: string;
  port?: number | undefined;
  serverName?: string | undefined;
}

/** An ECS service whose tasks are the servers, each at its private address. */
export interface TasksOfService {
  /** The cluster of the service that uses them, unless it is another one. */
  cluster?: string | undefined;
  service: string;
  port?: number | undefined;
  serverName?: string | undefined;
}

type Instances = readonly Place[] | TasksOfService | undefined;

/** The addresses that stand in the configuration; none of tasks, which have to be found. */
export const placesOf = (instances: Instances): readonly Place[] =>
  instances !== undefined && 'length' in instances ? instances : [];

/** The ECS service whose tasks are to be found; undefined where the addresses stand in the configuration. */
export const tasksOf = (instances: Instances): TasksOfService | undefined =>
  instances === undefined || 'length' in instances ? undefined : instances;

/** An address for people and for comparing: with a port of its own, or the usual one. */
export const addressOf = ({ host: name, port: own }: Pick<Place, 'host' | 'port'>, usual: number): string =>
  `${name.includes(':') ? `[${name}]` : name}:${own ?? usual}`;

/** Names of the SSM parameters that reading these pools takes, each once. */
export const poolSecrets = (
  pools: { statsSecret?: string | undefined; database?: { secret: string } | undefined } | undefined,
): string[] => [
  ...new Set([pools?.statsSecret, pools?.database?.secret].filter((name) => name !== undefined)),
];

/** The name of the parameter that setting them takes, besides those. */
export const poolAdminSecrets = (pools: { adminSecret?: string | undefined } | undefined): string[] =>
  pools?.adminSecret === undefined ? [] : [pools.adminSecret];

/** Names of all that setting them takes. None without a user for it: who may set nothing has no need to read. */
export const tuningSecrets = (
  pools: (Parameters<typeof poolSecrets>[0] & Parameters<typeof poolAdminSecrets>[0]) | undefined,
): string[] => {
  const admin = poolAdminSecrets(pools);
  return admin.length > 0 ? [...poolSecrets(pools), ...admin] : [];
};

/** Names of the SSM parameters that relieving a cache takes: its own user, and PostgreSQL's for the load. None without a user for it. */
export const reliefSecrets = ({
  cache,
  pgbouncer,
}: {
  cache?: { reliefSecret?: string | undefined; mostActiveSessions?: number | undefined } | undefined;
  pgbouncer?: { database?: { secret: string } | undefined } | undefined;
}): string[] => {
  if (cache?.reliefSecret === undefined) return [];
  const database = cache.mostActiveSessions === undefined ? undefined : pgbouncer?.database?.secret;
  return [...new Set([cache.reliefSecret, ...(database === undefined ? [] : [database])])];
};

/** Names of the SSM parameters that reading a cache takes. */
export const cacheSecrets = (cache: { secret?: string | undefined } | undefined): string[] =>
  cache?.secret === undefined ? [] : [cache.secret];
