import type { ServiceSettings } from '../../../sandbox/aws/wire.ts';
import { serversOf } from '../../../sandbox/pools/asking.ts';
import { DEFAULT_POOL, RESERVED_SLOTS } from '../../../sandbox/world/model/database-pool.ts';
import { numberAt, textAt, valueAt } from '../../facts/values.ts';
import type { ObservedWrite, Recording } from '../../record/recording.ts';
import {
  type Checker,
  clock,
  documentOf,
  each,
  losesRecord,
  productWrites,
  together,
  told,
} from '../checker.ts';
import { restoredEnds } from '../settings.ts';

type Sizes = ServiceSettings['pools'][number];
const names = ['default_pool_size', 'reserve_pool_size', 'min_pool_size', 'max_client_conn'] as const;

/** One size of one PgBouncer, before and after a write. */
interface Change {
  write: ObservedWrite;
  key: string;
  from: number;
  to: number;
}

const listed = (value: unknown): readonly Sizes[] => (Array.isArray(value) ? value : []);

/** Every change of a size, in order: by the product, or by somebody else. */
const changesIn = (writes: readonly ObservedWrite[]): Change[] =>
  writes.flatMap((write) => {
    const before = listed(write.from.pools);
    return listed(write.to.pools).flatMap((sizes, server) =>
      names.flatMap((name) => {
        const from = before[server]?.[name] ?? 0;
        return from === sizes[name] ? [] : [{ write, key: `${server} ${name}`, from, to: sizes[name] }];
      }),
    );
  });

const isOurs = ({ write }: Change) => write.invocation !== undefined;

/** Of which incident it is, where the product made it. */
const incidentIn = ({ write: { invocation } }: Change): string | undefined =>
  invocation && textAt(documentOf(invocation), 'incident', 'id');

/** Slots of PostgreSQL that the pools may take without its last one. */
function slotsFor({ incident, service }: Recording): number {
  const { emergency } = service.pgbouncer ?? {};
  const all = (emergency?.defaultPoolSize ?? 0) + (emergency?.reservePoolSize ?? 0);
  const usual = Math.ceil(1.25 * serversOf(service.pgbouncer ?? {}) * all);
  const { maxConnections = usual, directConnections = DEFAULT_POOL.directConnections } =
    incident.dbPool ?? {};
  return maxConnections - RESERVED_SLOTS - directConnections - 1;
}

/** Invariant 22: whatever the product sets, PostgreSQL has a slot left when every pool and reserve is full. */
export const lastSlotStays: Checker = {
  name: '22 the last slot stays free',
  check(recording) {
    const most = slotsFor(recording);
    return each(changesIn(recording.writes).filter(isOurs), ({ write, from, to }) => {
      const all = write.after.pools.reduce(
        (sum, sizes) => sum + sizes.default_pool_size + sizes.reserve_pool_size,
        0,
      );
      return to > from && all > most ? `${all} of ${most} slots: ${told(write)}` : undefined;
    });
  },
};

/** Whether the pools keep every slot of PostgreSQL open from the start: more of them at rest than it lets in. */
function isAlwaysFull({ dbPool = {}, faults, troubles }: Recording['incident']): boolean {
  const { minPoolSize = 0, maxConnections, directConnections = DEFAULT_POOL.directConnections } = dbPool;
  // A person may make room; and without a secret, or while it is away, nobody can look.
  const isSet = faults.some(
    (fault) =>
      (fault.kind === 'person' && fault.change.setting === 'pool') ||
      (fault.kind === 'channel' && fault.channel === 'secrets'),
  );
  return (
    maxConnections !== undefined &&
    !isSet &&
    !troubles.some(({ kind }) => kind === 'database-down') &&
    minPoolSize >= maxConnections - RESERVED_SLOTS - directConnections
  );
}

/** Invariant 22: who has seen that PostgreSQL has no slot left adds no task. */
export const noTaskWithoutSlot: Checker = {
  name: '22 no task without a slot',
  check(recording) {
    const isFull = isAlwaysFull(recording.incident);
    const added = productWrites(recording).filter(
      ({ invocation: { function: name }, from, to }) =>
        name === 'scale-out' && (numberAt(to, 'desired') ?? 0) > (numberAt(from, 'desired') ?? 0),
    );
    return each(added, (write) => {
      const { event } = write.invocation;
      const looked = textAt(event, 'document', 'pools', 'of');
      const hasLooked = looked !== undefined && looked === textAt(event, 'document', 'assessment', 'at');
      return isFull && hasLooked ? told(write) : undefined;
    });
  },
};

/** Scenario 35: what a plan raises of the pools is raised before its tasks are asked for. */
export const poolsComeFirst: Checker = {
  name: '35 pools come before tasks',
  check: ({ invocations, executions }) =>
    each(
      invocations.filter(
        ({ function: name, event }) =>
          name === 'scale-out' && listed(valueAt(event, 'document', 'plan', 'pools')).length > 0,
      ),
      ({ execution, stateEntry, startedAt }) => {
        const { history = [] } = executions.find(({ arn }) => arn === execution) ?? {};
        const states = history
          .filter(({ id }) => id < stateEntry)
          .flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
        const isFirst =
          states.lastIndexOf('Raise the pools for the tasks') > states.lastIndexOf('Plan the capacity');
        return isFirst ? undefined : `${clock(startedAt)} tasks are asked for before the pools are raised`;
      },
    ),
};

/** Invariant 7, of pools: a step that is repeated sets each size to one value. */
export const setsOnce: Checker = {
  name: '7 a pool is set to one value',
  check(recording) {
    const changes = changesIn(recording.writes).filter(isOurs);
    const bySize = Map.groupBy(
      changes,
      ({ write: { invocation }, key }) => `${invocation?.execution} ${invocation?.stateEntry} ${key}`,
    );
    return each([...bySize.values()], (group) => {
      const [first] = group;
      const other = group.find(({ to }) => to !== first?.to);
      return first && other ? `${told(first.write)}; then ${told(other.write)}` : undefined;
    });
  },
};

/** Who set each size last before a change; nobody where it is as in the file. */
const lastBefore = (changes: readonly Change[], index: number): Change | undefined =>
  changes.slice(0, index).findLast(({ key }) => key === changes[index]?.key);

/** Invariant 8, of pools: what a person has set, the product never sets otherwise. */
export const personsPoolStays: Checker = {
  name: "8 a person's pool size stays",
  check(recording) {
    const changes = changesIn(recording.writes);
    const indexed = changes.map((change, index) => ({ change, last: lastBefore(changes, index) }));
    // What a person has set and nobody has set since, stays.
    const byPerson = changes.filter((change) => !isOurs(change) && change.write.call === 'pgbouncer:SET');
    const overwritten = each(
      indexed.filter(({ change, last }) => isOurs(change) && last !== undefined && !isOurs(last)),
      ({ change, last }) => {
        const own = changes
          .filter((one) => isOurs(one) && one.key === change.key)
          .flatMap(({ from, to }) => [from, to]);
        const byHand = last?.write.call === 'pgbouncer:SET';
        // What an incident finds is its own to raise and to give back, whoever set it before.
        const isFound = !changes.some(
          (one) =>
            isOurs(one) &&
            one.key === change.key &&
            one.write.at < change.write.at &&
            incidentIn(one) === incidentIn(change),
        );
        // Who sets what the incident found or has set cannot be told from it.
        const first = changes.find(({ key }) => key === change.key)?.from;
        const foreign =
          byHand &&
          !isFound &&
          change.from !== first &&
          own.filter((value) => value === change.from).length < 2;
        return foreign ? `${clock(last.write.at)} a person; then ${told(change.write)}` : undefined;
      },
    );
    return together({ live: byPerson.length, findings: [] }, overwritten);
  },
};

/** Invariant 10, of pools: a run that says restored has given every size back that the incident has set. */
export const poolsGoBack: Checker = {
  name: '10 pools are given back',
  check(recording) {
    const changes = changesIn(recording.writes);
    const ours = new Set(changes.filter(isOurs).map(({ key }) => key));
    // Who deletes the record of an incident deletes what it knew of the pools.
    const ends = losesRecord(recording) ? [] : restoredEnds(recording).filter(() => ours.size > 0);
    return each(ends, ({ at, settings }) => {
      const open = [...ours].filter((key) => {
        const last = changes.findLast((change) => change.key === key && change.write.at <= at);
        const [server = '', name = ''] = key.split(' ');
        const is = Object.entries(settings.pools[Number(server)] ?? {}).find(([own]) => own === name)?.[1];
        const was = changes.find((change) => change.key === key)?.from;
        return last !== undefined && isOurs(last) && is !== was;
      });
      return open.length > 0 ? `${clock(at)} restored, but ${open.join(', ')}` : undefined;
    });
  },
};
