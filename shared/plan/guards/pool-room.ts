import type { Config } from '../../config/schema.ts';
import type { ServiceConfig } from '../../config/service.ts';
import type { ServiceView } from '../../document/assessment.ts';
import type { PoolChange, PoolRoom } from '../../document/pool-settings.ts';
import type { Reason } from '../../document/reason.ts';
import type { Guard } from '../../format/reasons/capacity.ts';
import { because } from '../../format/reasons.ts';

/** Share of the clients that PgBouncer lets in which tasks may take: the rest is for those who deploy and look. */
const clientShare = 0.9;

/**
 * How many tasks may connect: as many as PgBouncer lets in, also after a raise that this run may make, and as leave PostgreSQL a
 * slot (invariant 22). Where the pools were not read, the configured limit counts; without PgBouncer none does. Pure.
 */
export function connectionGuards(view: ServiceView, service: ServiceConfig, room?: PoolRoom): Guard[] {
  const { pgbouncer } = service;
  if (!pgbouncer) return [];
  const most = room ? room.maxClients + gainOf(room, 'max_client_conn') : pgbouncer.baseline.maxClientConn;
  const slots = room && slotLimit(view, room);
  return [
    ...(slots === undefined ? [] : [{ guard: 'slots' as const, limit: slots }]),
    ...clientLimit(view, service, most, room),
  ];
}

function clientLimit(
  view: ServiceView,
  { capacity, pgbouncer }: ServiceConfig,
  most: number,
  room: PoolRoom | undefined,
): Guard[] {
  const { connections } = capacity.perTask;
  if (!pgbouncer || connections === undefined) return [];
  const others = otherClients(view, connections, pgbouncer.heldByOthers, room);
  return [{ guard: 'connections', limit: Math.floor((clientShare * most - others) / connections) }];
}

/** Clients that are no task's: at least those of the configuration. */
const otherClients = (
  { running }: ServiceView,
  perTask: number,
  configured: number,
  room: PoolRoom | undefined,
): number => Math.max(configured, room ? room.clients - running * perTask : 0);

/**
 * So many tasks leave PostgreSQL a slot, if each uses as many connections as those that run; undefined where the pools cannot
 * take the last one whatever the tasks do, or nobody uses them.
 */
function slotLimit({ desired, running }: ServiceView, room: PoolRoom): number | undefined {
  const { within, busy, open, freeSlots } = room;
  if (within) return undefined;
  const spare = freeSlots - 1;
  if (spare <= 0) return desired;
  return running > 0 && busy > 0 ? running + Math.floor((spare + open - busy) / (busy / running)) : undefined;
}

/** What a run may raise of a setting by itself, over all PgBouncers. */
const gainOf = ({ raises }: PoolRoom, setting: PoolChange['setting']): number =>
  raises.filter((one) => one.setting === setting).reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * What has to be raised before so many tasks run, or they would find the pools full: sizes, where connections in use would go above
 * the critical share of them; clients, where more would come than PgBouncer lets in. Says why. Pure.
 */
export function poolChanges(
  needed: number,
  view: ServiceView,
  { capacity, pgbouncer }: ServiceConfig,
  { thresholds }: Config,
  room: PoolRoom | undefined,
  reasons: Reason[],
): { pools?: PoolChange[] } {
  if (!room) {
    if (pgbouncer?.instances) reasons.push(because('pools-unread'));
    return {};
  }
  const { connections = 0 } = capacity.perTask;
  const { busy, size, maxClients, raises } = room;
  const clients = needed * connections + otherClients(view, connections, pgbouncer?.heldByOthers ?? 0, room);
  const fullOfClients = clients > clientShare * maxClients;
  const full =
    (busy / Math.max(1, view.running)) * needed > (size * thresholds.pgbouncerPoolPercent.critical) / 100;
  const pools = raises.filter(({ setting }) => (setting === 'max_client_conn' ? fullOfClients : full));
  if (pools.length === 0) return {};
  reasons.push(
    full
      ? because('pools-before-tasks', { needed, busy, size })
      : because('clients-before-tasks', { needed, clients, limit: maxClients }),
  );
  return { pools };
}
