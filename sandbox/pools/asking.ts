import type { Config } from '../../shared/config/schema.ts';
import {
  addressOf,
  pgbouncerPort,
  placesOf,
  postgresPort,
  tasksOf,
} from '../../shared/config/servers/address.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type { AskDatabase, DatabaseTarget, Resources } from '../../shared/lambda/context.ts';
import type { Pools } from '../../shared/pool/login.ts';
import type { Aws } from '../aws/aws.ts';
import { refusedAt } from '../refused.ts';
import { addressOfServer, type PoolSizes, RESERVED_SLOTS } from '../world/model/database-pool.ts';
import type { SimulatedService } from '../world/model/types.ts';
import { databaseError, type TextRow } from './answer.ts';
import { answerOf } from './pgbouncer.ts';
import { postgresAnswer } from './postgres.ts';

/** The user of admin_users; every other one reads. */
export const ADMIN = 'admin';

/** The configuration with addresses that the sandbox answers, where pools have none: it names no server then. */
export function withPools(config: Config): Config {
  const services = Object.entries(config.services).map(
    ([name, service]) => [name, poolsOf(service, config.environment)] as const,
  );
  return { ...config, services: Object.fromEntries(services) };
}

/** The configuration with a PgBouncer beside each task, in front of a PostgreSQL with so many connections. */
export function withSidecars(config: Config, sidecars: { maxConnections: number } | undefined): Config {
  if (!sidecars) return config;
  const postgresql = { ...sidecars, reserved: RESERVED_SLOTS };
  const services = Object.entries(config.services).map(([name, service]) => {
    if (!service.pgbouncer) return [name, service];
    const { baseline, emergency, heldByOthers } = service.pgbouncer;
    const pgbouncer = { baseline, emergency, heldByOthers, topology: 'sidecar', postgresql };
    return [name, { ...service, pgbouncer }];
  });
  return { ...config, services: Object.fromEntries(services) };
}

function poolsOf(service: ServiceConfig, environment: string): ServiceConfig {
  const { pgbouncer } = service;
  if (!pgbouncer || pgbouncer.instances) return service;
  const secret = (name: string) => `/emergency-scaling/${environment}/${name}`;
  const database = { host: '10.0.3.5', name: 'app', secret: secret('database-reader') };
  if (pgbouncer.topology === 'sidecar') return { ...service, pgbouncer: { database, ...pgbouncer } };
  return {
    ...service,
    pgbouncer: {
      ...pgbouncer,
      instances: [{ host: '10.0.1.5' }],
      statsSecret: secret('pgbouncer-stats'),
      adminSecret: secret('pgbouncer-admin'),
      database,
    },
  };
}

/** How many tasks an ECS service of PgBouncers has. */
const TASKS = 2;

/** So many PgBouncers stand in front of the database: as many as have an address, or tasks. */
export const serversOf = ({ instances = [{ host: '10.0.1.5' }] }: Partial<Pools>): number =>
  tasksOf(instances) ? TASKS : placesOf(instances).length;

/** What a secret of the sandbox holds for a user of PgBouncer or PostgreSQL. */
export const loginOf = (user: string, secret: string): string => `${user}:${sandboxValue}${secret}`;

const sandboxValue = 'sandbox-value-of-';

/** Whether a password is one that the sandbox has made. */
export const isSandboxValue = (password = ''): boolean => password.startsWith(sandboxValue);

/** Who asks, and what keeps the changes; without that nobody does. */
interface Asked {
  who: string;
  recorded?: Aws['recorded'];
}

function setIn(
  service: SimulatedService,
  index: number,
  setting: keyof PoolSizes,
  value: number,
  { who, recorded }: Asked,
): void {
  const work = () => service.setPool(index, setting, value);
  if (recorded) recorded('pgbouncer:SET', service, who, work);
  else work();
}

/**
 * The consoles of a simulated service's PgBouncers and its PostgreSQL, in place of the network. Each is talked to by itself,
 * at its address of the configuration.
 */
export function simulatedDatabases(
  service: SimulatedService | undefined,
  { instances = [], database }: Partial<Pools> = {},
  asked: Asked = { who: 'a person' },
): Resources['databases'] {
  const tasks = tasksOf(instances);
  const consoles = () =>
    tasks
      ? (service?.databasePools().servers ?? []).map((server) =>
          addressOf({ host: addressOfServer(server), port: tasks.port }, pgbouncerPort),
        )
      : placesOf(instances).map((instance) => addressOf(instance, pgbouncerPort));
  const postgres = database && {
    host: database.host,
    port: database.port ?? postgresPort,
    name: database.name,
  };
  return { connect };

  async function connect<T>(
    target: DatabaseTarget,
    _given: number,
    work: (ask: AskDatabase) => Promise<T>,
  ): Promise<T> {
    const address = addressOf(target, target.port);
    if (!isSandboxValue(target.password))
      throw databaseError(`password authentication failed for user "${target.user}"`, '28P01');
    const index = consoles().indexOf(address);
    if (service && index >= 0) return work(async (sql) => consoleAnswer(service, index, target.user, sql));
    if (service && postgres && address === addressOf(postgres, postgresPort)) {
      if (service.databasePools().down) throw refusedAt(address);
      return work(async (sql) => postgresAnswer(service.databasePools(), postgres.name, sql));
    }
    throw refusedAt(address);
  }

  function consoleAnswer(service: SimulatedService, index: number, user: string, sql: string): TextRow[] {
    const pools = service.databasePools();
    const server = pools.servers[index];
    if (!server) throw refusedAt(consoles()[index] ?? '');
    const place = postgres ?? { host: 'postgres.invalid', port: postgresPort, name: 'app' };
    return answerOf(
      {
        server,
        of: pools.servers.length,
        pools,
        database: place,
        isAdmin: user === ADMIN,
        set: (setting, value) => setIn(service, index, setting, value, asked),
      },
      sql,
    );
  }
}
