import {
  type HeldPool,
  isInForce,
  isSameSetting,
  type PoolChange,
  type PoolOutcome,
  type PoolSetting,
} from '../document/pool-settings.ts';
import { budgetOf, type Known, type Raise } from './budget.ts';
import type { Instance, Postgres } from './types.ts';
import type { Finding } from './verdict.ts';

/** One absolute value for one PgBouncer. Where neither it nor an `owned` value is found, a person set another: theirs stays. */
export interface Order {
  instance: string;
  setting: PoolSetting;
  to: number;
  /** The values that may be overwritten: the snapshot's and this incident's own. */
  owned: readonly number[];
}

const settingOf: Record<PoolSetting, keyof Instance['settings']> = {
  default_pool_size: 'defaultPoolSize',
  reserve_pool_size: 'reservePoolSize',
  min_pool_size: 'minPoolSize',
  max_client_conn: 'maxClientConn',
};

/** What a PgBouncer has for a setting now. */
export const valueIn = (settings: Instance['settings'], setting: PoolSetting): number =>
  settings[settingOf[setting]];

const isSize = (change: PoolChange): change is PoolChange & Raise => change.setting !== 'max_client_conn';
export const isSettable = (raise: Raise): raise is Raise & PoolChange => raise.setting !== 'pool_size';

/** The changes that a verdict on the pools asks for; a database with a size of its own needs a person and its ini line. */
export const changesOf = (findings: readonly Finding[]): PoolChange[] =>
  findings.flatMap((finding): PoolChange[] => {
    switch (finding.code) {
      case 'too-small':
        return finding.raises.filter(isSettable);
      case 'clients-full': {
        const { instance, limit: from, to } = finding;
        return to === undefined ? [] : [{ instance, setting: 'max_client_conn', from, to }];
      }
      default:
        return [];
    }
  });

/** Files that a process has open besides its connections: its log, its sockets, its library's own. */
const filesBesides = 50;

/**
 * Those of the changes that a run may make by itself. Beyond its limit of open files a PgBouncer takes no connection any more,
 * not even for its console, and it does not say what that limit is: it has to be configured. Pure.
 */
export const withinFiles = (
  changes: readonly PoolChange[],
  all: readonly Known[],
  postgres: Postgres,
  openFiles: number | undefined,
): PoolChange[] =>
  changes.filter(({ instance, setting, to }) => {
    if (setting !== 'max_client_conn') return true;
    const known = all.filter(({ name }) => name === instance);
    const { pools } = budgetOf(known, postgres, changes.filter(isSize));
    return openFiles !== undefined && to + pools + filesBesides <= openFiles;
  });

/** What is noted before these changes are made: the snapshot of each value once, and every value that will be ours. Pure. */
export function noted(held: readonly HeldPool[], changes: readonly PoolChange[]): HeldPool[] {
  const others = held.filter((one) => !changes.some((change) => isSameSetting(change, one)));
  const changed = changes.map(({ instance, setting, from, to }) => {
    const known = held.find((one) => isSameSetting(one, { instance, setting }));
    const set = known?.set.filter((value) => value !== to) ?? [];
    return { instance, setting, before: known?.before ?? from, set: [...set, to] };
  });
  return [...others, ...changed];
}

/** The orders for changes that are noted. Pure. */
export const raiseOrders = (changes: readonly PoolChange[], held: readonly HeldPool[]): Order[] =>
  changes.map(({ instance, setting, from, to }) => {
    const known = held.find((one) => isSameSetting(one, { instance, setting }));
    const owned = known ? [known.before, ...known.set] : [from];
    return { instance, setting, to, owned: owned.filter((value) => value < to) };
  });

/** What a way back changes: each setting from what this incident set last to its snapshot. Pure. */
export const givenBack = (held: readonly HeldPool[]): PoolChange[] =>
  held.map(({ instance, setting, before, set }) => ({
    instance,
    setting,
    from: set.at(-1) ?? before,
    to: before,
  }));

/**
 * The orders that take changes back, of what is noted: whatever this incident set becomes the value given. What is not noted
 * is none of its business. Pure. Source: runbook, Scale-In Procedure, Step 4.
 */
export const backOrders = (held: readonly HeldPool[], back: readonly PoolChange[]): Order[] =>
  back.flatMap((change) => {
    const { instance, setting, to } = change;
    const known = held.find((one) => isSameSetting(one, change));
    return known ? [{ instance, setting, to, owned: known.set.filter((value) => value !== to) }] : [];
  });

/** What takes a raise back that did not help: each setting to what the raise found. Pure. */
export const undone = (outcomes: readonly PoolOutcome[]): PoolChange[] =>
  outcomes.flatMap(({ instance, setting, code, from, to }) =>
    from !== undefined && isInForce({ code }) ? [{ instance, setting, from: to, to: from }] : [],
  );

/** What is noted after these outcomes: what is as before the incident is nobody's to give back any more. Pure. */
export const stillHeld = (held: readonly HeldPool[], outcomes: readonly PoolOutcome[]): HeldPool[] =>
  held.flatMap((one) => {
    const outcome = outcomes.find((other) => isSameSetting(one, other));
    if (outcome?.code === 'gone') return [];
    if (!outcome || !isInForce(outcome)) return [one];
    if (outcome.to === one.before) return [];
    return [{ ...one, set: [...one.set.filter((value) => value !== outcome.to), outcome.to] }];
  });

/** Raises that an earlier call of the same step has made, whose answer was lost: noted, and in force. Pure. */
export const madeBefore = (held: readonly HeldPool[], all: readonly Known[]): PoolChange[] =>
  held.flatMap(({ instance, setting, before, set }) => {
    const to = set.at(-1);
    const now = all.find(({ name }) => name === instance)?.instance.settings;
    return now && to !== undefined && to !== before && valueIn(now, setting) === to
      ? [{ instance, setting, from: before, to }]
      : [];
  });

/** What an order means where this value was read: SET, or why not. Pure. */
export function decide({ to, owned }: Order, is: number): 'set' | 'already' | 'person' {
  if (is === to) return 'already';
  return owned.includes(is) ? 'set' : 'person';
}
