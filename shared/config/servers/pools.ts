import * as z from 'zod';
import { count, tasks } from '../numbers.ts';
import { secretName } from '../settings.ts';
import { addressOf, pgbouncerPort } from './address.ts';
import { place, tls, unusedName } from './place.ts';

/** A service's PgBouncer: its sizes, and how it and its PostgreSQL are read. */

const poolSizes = z.strictObject({
  defaultPoolSize: tasks,
  minPoolSize: count,
  reservePoolSize: count,
  maxClientConn: tasks,
});

export const PgBouncer = z
  .strictObject({
    baseline: poolSizes,
    emergency: poolSizes,
    heldByOthers: count,
    /** Every process by an address of its own: behind a common one, each question reaches another. */
    instances: z.array(z.strictObject(place)).min(1).max(20).optional(),
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
  instances?: { host: string; port?: number | undefined; serverName?: string | undefined }[] | undefined;
  statsSecret?: string | undefined;
  adminSecret?: string | undefined;
  openFiles?: number | undefined;
  tls?: string | undefined;
  database?: { tls?: string | undefined; serverName?: string | undefined } | undefined;
}

function faultsOf({ instances, ...others }: Read) {
  if (!instances)
    return (['statsSecret', 'adminSecret', 'openFiles', 'tls', 'database'] as const)
      .filter((key) => others[key] !== undefined)
      .map((key) => ({ path: ['instances'], message: `must be given, because ${key} is` }));
  const names = instances.map((one) =>
    addressOf({ ...one, host: one.host.replace(/\.$/, '') }, pgbouncerPort).toLowerCase(),
  );
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  return [
    ...(others.statsSecret === undefined
      ? [{ path: ['statsSecret'], message: 'must be given, because instances is' }]
      : []),
    ...instances.flatMap(({ serverName }, index) =>
      unusedName({ tls: others.tls, serverName }).map(({ path, message }) => ({
        path: ['instances', index, ...path],
        message,
      })),
    ),
    ...unusedName(others.database ?? {}).map(({ path, message }) => ({
      path: ['database', ...path],
      message,
    })),
    // What PostgreSQL has left is what any raise depends on.
    ...(others.adminSecret !== undefined && others.database === undefined
      ? [{ path: ['database'], message: 'must be given, because adminSecret is' }]
      : []),
    ...(twice < 0
      ? []
      : [{ path: ['instances', twice], message: `is there twice: ${names[twice]} would count twice` }]),
  ];
}
