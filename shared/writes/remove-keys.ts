import { nextBatch, type Stop } from '../cache/next-batch.ts';
import { loggedIn } from '../cache/read.ts';
import { readMemory, type Session, type Unlinked, unlinkPrefix } from '../cache/relieve.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Unknown } from '../core/unknown.ts';
import type { CacheChange, CacheRelief, CacheReliefPlan, ReliefDone } from '../document/cache-relief.ts';
import type { Incident } from '../document/incident.ts';
import { type UnlinkEnd, unlinkText } from '../format/cache/outcomes.ts';
import type { StepContext } from '../lambda/context.ts';
import { readLoad } from '../pool/postgres.ts';
import { mayWrite } from './under-lock.ts';

type Tools = StepContext<'secrets' | 'caches' | 'databases' | 'store' | 'switch'>;
type Removal = Extract<CacheRelief, { code: 'unlink' }>;
type Removed = { prefix: string; keys: number }[];

/** For one call: less than the function's own time. */
const givenSeconds = 40;
/** Between two batches, in which everybody else gets their turn. */
const pauseMilliseconds = 50;
/** So often in a row it waits for the database, some seconds each time; then it takes a person. */
const mostWaits = 30;

/**
 * Removes keys of the approved prefixes for as long as one call may, batch by batch. Before each the switch, the lock, the
 * memory and the database are looked at. A later call goes on with what is left.
 * @throws SwitchedOffError or LockLostError; what was removed until then stands in the log.
 */
export async function removeKeys(
  { incident, before }: { incident: Incident; plan: CacheReliefPlan; before: CacheChange | undefined },
  { prefixes, cluster }: Removal,
  servers: { cache: NonNullable<ServiceConfig['cache']>; pgbouncer: ServiceConfig['pgbouncer'] },
  context: Tools,
): Promise<CacheChange> {
  const earlier = before?.done.at(-1);
  const continues = earlier?.code === 'unlink' ? earlier : undefined;
  const removed: Removed = continues?.removed?.map((one) => ({ ...one })) ?? [];
  const guard = watch(incident, servers, context);
  let from = continues && before?.from;
  const left = leftOf(prefixes, from?.prefix);
  const worked = await loggedIn(servers.cache, context, async (session) => {
    for (const { prefix } of left) {
      const cursor = from?.prefix === prefix ? from.cursor : undefined;
      const unlinked = await unlinkPrefix(session, { prefix, cluster, from: cursor }, guard.batches(session));
      add(removed, prefix, unlinked.removed);
      from = { prefix, ...(unlinked.cursor === undefined ? {} : { cursor: unlinked.cursor }) };
      if (unlinked.ended.code !== 'none-left') return unlinked.ended;
    }
    return { code: 'none-left' as const };
  });
  context.log.info('keys removed', { removed });
  guard.throwWhatStopped();
  const end = endOf(worked);
  const waits = end === 'load-above-limit' ? (before?.waits ?? 0) + 1 : 0;
  const late = waits > mostWaits ? 'waited-too-long' : end;
  const done: ReliefDone = {
    code: 'unlink',
    worked: removed.some(({ keys }) => keys > 0) || late === 'relieved',
    removed,
    text: unlinkText(removed, late),
  };
  const others = continues ? (before?.done.slice(0, -1) ?? []) : (before?.done ?? []);
  const next = nextOf(late);
  const at = context.now().toISOString();
  return { at, next, ...(next === 'verify' || !from ? {} : { from }), waits, done: [...others, done] };
}

/** The prefix that an earlier call was at, and those behind it. */
function leftOf<P extends { prefix: string }>(prefixes: readonly P[], at: string | undefined): readonly P[] {
  const index = prefixes.findIndex(({ prefix }) => prefix === at);
  return index < 0 ? prefixes : prefixes.slice(index);
}

function add(removed: Removed, prefix: string, keys: number) {
  const one = removed.find((other) => other.prefix === prefix);
  if (one) one.keys += keys;
  else removed.push({ prefix, keys });
}

const endOf = (worked: { value: Unlinked['ended'] } | { unknown: Unknown }): UnlinkEnd => {
  if ('unknown' in worked) return worked;
  return worked.value.code === 'fault' ? { unknown: worked.value.unknown } : worked.value.code;
};

function nextOf(end: UnlinkEnd): CacheChange['next'] {
  if (end === 'none-left' || end === 'relieved') return 'verify';
  if (end === 'deadline-near') return 'go-on';
  return end === 'load-above-limit' ? 'wait' : 'stop';
}

/** What is looked at before every batch. What stops the run itself is kept: it is no fault of the cache. */
function watch(
  incident: Incident,
  { cache, pgbouncer }: { cache: NonNullable<ServiceConfig['cache']>; pgbouncer: ServiceConfig['pgbouncer'] },
  context: Tools,
) {
  const until = context.now().getTime() + givenSeconds * 1000;
  const check = mayWrite(incident, context);
  let stopped: { error: unknown } | undefined;
  const mayGoOn = async (session: Session): Promise<'go-on' | Stop> => {
    try {
      await check();
    } catch (error) {
      stopped = { error };
      return 'stopped';
    }
    const [load, memory] = await Promise.all([readLoad(pgbouncer, context), readMemory(session)]);
    const secondsLeft = (until - context.now().getTime()) / 1000;
    // A limit that is configured no more is one of none.
    const loadLimit = cache.mostActiveSessions ?? -1;
    return nextBatch({ stopped: false, secondsLeft, memory, load, loadLimit });
  };
  return {
    batches: (session: Session) => ({
      mayGoOn: () => mayGoOn(session),
      pause: () => context.after(pauseMilliseconds).passed,
    }),
    throwWhatStopped() {
      if (stopped) throw stopped.error;
    },
  };
}
