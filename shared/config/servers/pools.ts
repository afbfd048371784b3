import * as z from 'zod';
import { ecsName } from '../aws-names.ts';
import { count, tasks } from '../numbers.ts';
import { secretName } from '../settings.ts';
import { addressOf, type Place, pgbouncerPort, type TasksOfService as Tasks } from './address.ts';
import { place, placeOfTasks, tls, unusedName } from './place.ts';

/** A service's PgBouncer: its sizes, and how it and its PostgreSQL are read. */

const poolSizes = z.strictObject({
  defaultPoolSize: tasks,
  minPoolSize: count,
  reservePoolSize: count,
  maxClientConn: tasks,
});

/** PgBouncer as an ECS service: its tasks come and go, so that their private addresses are asked for at each look. */
const TasksOfService = z.strictObject({
  /** The service's own, unless it is another one. */
  cluster: ecsName.optional(),
  service: ecsName,
  ...placeOfTasks,
});

export const PgBouncer = z
  .strictObject({
    baseline: poolSizes,
    emergency: poolSizes,
    heldByOthers: count,
    /** One PgBouncer beside each task: nothing is set in it, since a new task begins with what its file says. */
    topology: z.enum(['central', 'sidecar']).optional(),
    /** With `sidecar`: PostgreSQL's max_connections, and what it keeps for superusers and roles with reserved connections. */
    postgresql: z.strictObject({ maxConnections: tasks, reserved: count.default(3) }).optional(),
    /** Every process by an address of its own: behind a common one, each question reaches another. */
    instances: z
      .union([z.array(z.strictObject(place)).min(1).max(20), TasksOfService], {
        error: 'must be a list of addresses, or the ECS service whose tasks they are',
      })
      .optional(),
    /** An SSM parameter that holds USER:PASSWORD of a user in stats_users. */
    statsSecret: secretName.optional(),
    /**
     * The same of a user in admin_users, which may set everything. With it a run raises the pools itself where that helps; without
     * it people are told what to type.
     */
    adminSecret: secretName.optional(),
    /** The limit of open files of each process: without it no run raises max_client_conn. PgBouncer tells it to its log alone. */
    openFiles: tasks.optional(),
    /** Required unless the file says none. */
    tls: tls.optional(),
    /** PostgreSQL itself, past PgBouncer. */
    database: z
      .strictObject({ ...place, name: z.string().min(1).max(63), secret: secretName, tls: tls.optional() })
      .optional(),
  })
  .superRefine((pools, context) => {
    for (const fault of faultsOf(pools)) context.addIssue({ code: 'custom', ...fault });
  });

interface Read {
  topology?: string | undefined;
  postgresql?: object | undefined;
  instances?: Place[] | Tasks | undefined;
  statsSecret?: string | undefined;
  adminSecret?: string | undefined;
  openFiles?: number | undefined;
  tls?: string | undefined;
  database?: { tls?: string | undefined; serverName?: string | undefined } | undefined;
}

/** What is asked of a PgBouncer, or set in it: of one beside each task nothing is. */
const ofConsoles = ['instances', 'statsSecret', 'adminSecret', 'openFiles', 'tls'] as const;

function faultsOfSidecar(pools: Read) {
  const given = ofConsoles.filter((key) => pools[key] !== undefined);
  return [
    ...given.map((key) => ({
      path: [key],
      message: 'must be left out, because topology is sidecar: nothing is asked of the PgBouncers, or set',
    })),
    ...(pools.postgresql
      ? []
      : [{ path: ['postgresql'], message: 'must be given, because topology is sidecar' }]),
    ...unusedName(pools.database ?? {}).map(({ path, message }) => ({
      path: ['database', ...path],
      message,
    })),
  ];
}

function faultsOf({ topology, postgresql, ...pools }: Read) {
  if (topology === 'sidecar') return faultsOfSidecar({ postgresql, ...pools });
  const unused = { path: ['postgresql'], message: 'has no effect without topology: sidecar' };
  return [...(postgresql ? [unused] : []), ...faultsOfCentral(pools)];
}

function faultsOfCentral({ instances, ...others }: Read) {
  if (!instances)
    return (['statsSecret', 'adminSecret', 'openFiles', 'tls', 'database'] as const)
      .filter((key) => others[key] !== undefined)
      .map((key) => ({ path: ['instances'], message: `must be given, because ${key} is` }));
  return [
    ...(Array.isArray(instances)
      ? faultsOfList(instances, others.tls)
      : faultsOfService(instances, others.tls)),
    ...(others.statsSecret === undefined
      ? [{ path: ['statsSecret'], message: 'must be given, because instances is' }]
      : []),
    ...unusedName(others.database ?? {}).map(({ path, message }) => ({
      path: ['database', ...path],
      message,
    })),
    // What PostgreSQL has left is what any raise depends on.
    ...(others.adminSecret !== undefined && others.database === undefined
      ? [{ path: ['database'], message: 'must be given, because adminSecret is' }]
      : []),
  ];
}

function faultsOfList(instances: readonly Place[], tls: string | undefined) {
  const names = instances.map((one) =>
    addressOf({ ...one, host: one.host.replace(/\.$/, '') }, pgbouncerPort).toLowerCase(),
  );
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  return [
    ...instances.flatMap(({ serverName }, index) =>
      unusedName({ tls, serverName }).map(({ path, message }) => ({
        path: ['instances', index, ...path],
        message,
      })),
    ),
    ...(twice < 0
      ? []
      : [{ path: ['instances', twice], message: `is there twice: ${names[twice]} would count twice` }]),
  ];
}

/** No certificate names the private address that a task happens to have. */
function faultsOfService({ serverName }: Tasks, tls: string | undefined) {
  const path = ['instances', 'serverName'];
  if (tls !== 'none' && serverName === undefined)
    return [{ path, message: "must be given, or tls: none: no certificate names a task's address" }];
  return unusedName({ tls, serverName }).map(({ message }) => ({ path, message }));
}
