import { budgetOf, isWithin, type Known, type Raise } from './budget.ts';
import type { Instance, Postgres } from './types.ts';
import type { Finding } from './verdict.ts';

/** A setting of a whole PgBouncer that SET changes at run time, and that an emergency may raise. */
export type Setting = Exclude<Raise['setting'], 'pool_size'> | 'max_client_conn';

/** A raise of one setting of one PgBouncer, as the pools were read. */
export interface Change {
  instance: string;
  setting: Setting;
  from: number;
  to: number;
}

/** What an incident has set, or was about to: noted before the first SET, kept until the way back is done. */
export interface Held {
  instance: string;
  setting: Setting;
  /** The snapshot: what it was before the first SET. */
  before: number;
  /** What this incident set, the newest last. */
  set: readonly number[];
}

/** One absolute value for one PgBouncer. Where neither it nor an `owned` value is found, a person set another: theirs stays. */
export interface Order {
  instance: string;
  setting: Setting;
  to: number;
  /** The values that may be overwritten: the snapshot's and this incident's own. */
  owned: readonly number[];
}

const settingOf: Record<Setting, keyof Instance['settings']> = {
  default_pool_size: 'defaultPoolSize',
  reserve_pool_size: 'reservePoolSize',
  max_client_conn: 'maxClientConn',
};

/** What a PgBouncer has for a setting now. */
export const valueIn = (settings: Instance['settings'], setting: Setting): number =>
  settings[settingOf[setting]];

const isSame = (a: { instance: string; setting: Setting }, b: { instance: string; setting: Setting }) =>
  a.instance === b.instance && a.setting === b.setting;
const isSettable = (raise: Raise): raise is Raise & Change => raise.setting !== 'pool_size';

/** The changes that a verdict on the pools asks for; a database with a size of its own needs a person and its ini line. */
export const changesOf = (findings: readonly Finding[]): Change[] =>
  findings.flatMap((finding): Change[] => {
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

/** What is noted before these changes are made: the snapshot of each value once, and every value that will be ours. Pure. */
export function noted(held: readonly Held[], changes: readonly Change[]): Held[] {
  const others = held.filter((one) => !changes.some((change) => isSame(change, one)));
  const changed = changes.map(({ instance, setting, from, to }) => {
    const known = held.find((one) => isSame(one, { instance, setting }));
    const set = known?.set.filter((value) => value !== to) ?? [];
    return { instance, setting, before: known?.before ?? from, set: [...set, to] };
  });
  return [...others, ...changed];
}

/** The orders for changes that are noted. Pure. */
export const raiseOrders = (changes: readonly Change[], held: readonly Held[]): Order[] =>
  changes.map(({ instance, setting, from, to }) => {
    const known = held.find((one) => isSame(one, { instance, setting }));
    const owned = known ? [known.before, ...known.set] : [from];
    return { instance, setting, to, owned: owned.filter((value) => value < to) };
  });

/** The orders of the way back: each to its snapshot. Pure. Source: runbook, Scale-In Procedure, Step 4. */
export const resetOrders = (held: readonly Held[]): Order[] =>
  held.map(({ instance, setting, before, set }) => ({ instance, setting, to: before, owned: set }));

/** What an order means where this value was read: SET, or why not. Pure. */
export function decide({ to, owned }: Order, is: number): 'set' | 'already' | 'person' {
  if (is === to) return 'already';
  return owned.includes(is) ? 'set' : 'person';
}

/**
 * What holds and has lapsed: a PgBouncer that restarted is back at its file's values, a new one has never had others. Each
 * gets what holds elsewhere, if the budget has room for it. Pure.
 */
export function lapsed(all: readonly Known[], held: readonly Held[], postgres: Postgres): Change[] {
  const changes: Change[] = [];
  for (const change of wanted(all, held)) {
    const sizes = [...changes, change].filter(isSize);
    if (!isSize(change) || isWithin(budgetOf(all, postgres, sizes))) changes.push(change);
  }
  return changes;
}

const isSize = (change: Change): change is Change & Raise => change.setting !== 'max_client_conn';

/** Every value that holds on some PgBouncer and that another has lost, or never had. */
function wanted(all: readonly Known[], held: readonly Held[]): Change[] {
  const holding = Map.groupBy(held, ({ setting }) => setting);
  return [...holding].flatMap(([setting, those]) => {
    const to = Math.max(...those.map(({ set }) => set.at(-1) ?? 0));
    return all
      .map(({ name, instance }) => ({
        instance: name,
        setting,
        from: valueIn(instance.settings, setting),
        to,
      }))
      .filter(({ instance, from }) => {
        const own = those.find((one) => one.instance === instance);
        return from < to && (own === undefined || own.before === from);
      });
  });
}
