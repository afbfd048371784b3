import * as v from 'valibot';
import { datetime, int } from '../core/schema.ts';
import { ServersRead } from './servers-read.ts';

/** Settings of a whole PgBouncer that SET changes at run time, and that an emergency may raise. */
export const PoolSetting = v.picklist([
  'default_pool_size',
  'reserve_pool_size',
  'min_pool_size',
  'max_client_conn',
]);
export type PoolSetting = v.InferOutput<typeof PoolSetting>;

/** One setting of one PgBouncer, which is named by its address. */
const one = { instance: v.string(), setting: PoolSetting };

type One = Pick<PoolChange, 'instance' | 'setting'>;
/** Whether both are about the same setting of the same PgBouncer. */
export const isSameSetting = (a: One, b: One): boolean =>
  a.instance === b.instance && a.setting === b.setting;

/** From what to what. */
export const PoolChange = v.object({ ...one, from: int, to: int });
export type PoolChange = v.InferOutput<typeof PoolChange>;

/** What an incident has set, or was about to: noted before the first SET, kept until it is given back. */
export const HeldPool = v.object({
  ...one,
  /** The snapshot: what it was before the first SET. */
  before: int,
  /** What this incident set, the newest last. */
  set: v.array(int),
});
export type HeldPool = v.InferOutput<typeof HeldPool>;

/** The clients that wait for a connection, and for how long the first of them has. */
export const PoolQueue = v.object({ clients: int, seconds: v.number() });
export type PoolQueue = v.InferOutput<typeof PoolQueue>;

/** What the pools have left for more tasks, over all PgBouncers. Counts of connections. */
export const PoolRoom = v.object({
  /** Clients of any kind, and how many may be. */
  clients: int,
  maxClients: int,
  /** Connections to PostgreSQL that clients use at this moment, those that are open, and how many the pools may have. */
  busy: int,
  open: int,
  size: int,
  /** What PostgreSQL has left for anybody, and whether it has a slot left when every pool is full. */
  freeSlots: int,
  within: v.boolean(),
  /** As far as a run may raise everything by itself. */
  raises: v.array(PoolChange),
});
export type PoolRoom = v.InferOutput<typeof PoolRoom>;

/** What a look at the pools found, and what may be set because of it. */
export const PoolsRead = v.object({
  ...ServersRead.entries,
  queue: v.optional(PoolQueue),
  /** Of which assessment it is. */
  of: v.optional(datetime),
  /** Absent where a PgBouncer or PostgreSQL could not be read. */
  room: v.optional(PoolRoom),
  /** What PostgreSQL says of its connections, where a PgBouncer beside each task makes them the limit. */
  slots: v.optional(v.object({ maxConnections: int, reserved: int })),
  /** Absent where nothing may be raised, or no user for it is configured. */
  raises: v.optional(v.array(PoolChange)),
});
export type PoolsRead = v.InferOutput<typeof PoolsRead>;

/** What became of one setting, for people as well. */
export const PoolOutcome = v.object({
  ...one,
  /** What it was before: absent where that is not known. */
  from: v.optional(int),
  to: int,
  code: v.picklist(['set', 'already', 'person', 'gone', 'no-effect', 'unknown']),
  /** What it is, where that is not `to`. */
  is: v.optional(int),
  text: v.string(),
});
export type PoolOutcome = v.InferOutput<typeof PoolOutcome>;

/** Whether the setting was left as the step wanted it, by this call or an earlier one. */
export const isInForce = ({ code }: Pick<PoolOutcome, 'code'>): boolean =>
  code === 'set' || code === 'already';

/** What was set, why, and what became of it. */
export const PoolsTuned = v.object({
  at: datetime,
  /** `undo`: a raise that did not help, in the same run; `restore`: the way back after the incident. */
  mode: v.picklist(['raise', 'undo', 'restore']),
  /** Whether any setting is as this step wanted it. */
  changed: v.boolean(),
  outcomes: v.array(PoolOutcome),
});
export type PoolsTuned = v.InferOutput<typeof PoolsTuned>;

/** How the pools do since they were raised, and what follows. */
export const PoolsRelief = v.object({
  at: datetime,
  relief: v.picklist(['relieved', 'better', 'no-better', 'slots-gone', 'lost', 'unknown']),
  next: v.picklist(['keep', 'look-again', 'raise-again', 'undo']),
  /** How often it was looked at since the raise. */
  looks: int,
  text: v.string(),
});
export type PoolsRelief = v.InferOutput<typeof PoolsRelief>;
