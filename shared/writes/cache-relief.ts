import { claimFlush, type HeldPolicy, notePolicy, readHeldPolicy } from '../cache/held.ts';
import { lookAtCache } from '../cache/look.ts';
import { isRelieved } from '../cache/next-batch.ts';
import { givePolicyBack, type PolicyEnd, readPolicy, setPolicy } from '../cache/policy.ts';
import { asReliever, loggedIn } from '../cache/read.ts';
import { flush, readMemory, type Session } from '../cache/relieve.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ChangedByPersonError, UnknownStateError } from '../core/errors.ts';
import type { Reading } from '../core/reading.ts';
import type { CacheChange, CacheRelief, CacheReliefPlan, ReliefDone } from '../document/cache-relief.ts';
import type { Incident } from '../document/incident.ts';
import { flushBegunText, flushText, notNeededText, policyText } from '../format/cache/outcomes.ts';
import { told } from '../format/unknown.ts';
import type { StepContext } from '../lambda/context.ts';
import { readLoad } from '../pool/postgres.ts';
import { removeKeys } from './remove-keys.ts';
import { mayWrite } from './under-lock.ts';

type Tools = StepContext<'secrets' | 'caches' | 'databases' | 'store' | 'switch'>;

/** A relief that was approved, and by whom; what this run has done to the cache before. */
export interface ReliefOrder {
  incident: Incident;
  plan: CacheReliefPlan;
  approvers: readonly string[];
  before: CacheChange | undefined;
}

type Of<Code extends CacheRelief['code']> = Extract<CacheRelief, { code: Code }>;
type Cache = NonNullable<ServiceConfig['cache']>;

/** Does what was approved, after one more look; says what became of it and what follows. Source: runbook, Redis Cache Emergency. */
export async function relieve(
  order: ReliefOrder,
  { cache: configured, pgbouncer }: Pick<ServiceConfig, 'cache' | 'pgbouncer'>,
  context: Tools,
): Promise<CacheChange> {
  const cache = asReliever(configured);
  if (!cache) throw new UnknownStateError('no user that may relieve the cache is configured any more');
  const { relief } = order.plan;
  if (relief.code === 'unlink') return removeKeys(order, relief, { cache, pgbouncer }, context);
  const done =
    relief.code === 'policy'
      ? await evict(order, relief, cache, context)
      : relief.code === 'restore'
        ? await giveBack(order, relief, cache, context)
        : await empty(order, relief, { cache, pgbouncer }, context);
  const at = context.now().toISOString();
  return { at, next: 'verify', waits: 0, done: [...(order.before?.done ?? []), done] };
}

/** Over one connection. @throws UnknownStateError where there is none, or it broke. */
async function over<T>(cache: Cache, context: Tools, work: (session: Session) => Promise<T>): Promise<T> {
  const worked = await loggedIn(cache, context, work);
  return known(worked, 'the cache could not be asked');
}

function known<T>(reading: Reading<T>, what: string): T {
  if ('unknown' in reading)
    throw new UnknownStateError(`${what}: ${told(reading.unknown).text}; nothing more was done`);
  return reading.value;
}

/** Findings under which nothing is known that a write could follow from. */
const blind: readonly string[] = ['unknown', 'unreachable', 'loading', 'refusing', 'read-only'];

/** What is wrong right now. @throws UnknownStateError where that is not known: nothing is written then. */
async function findingNow(cache: Cache, context: Tools): Promise<string> {
  const { code } = (await lookAtCache(cache, context)).findings[0];
  if (blind.includes(code)) throw new UnknownStateError(`the cache is ${code} now; nothing was done`);
  return code;
}

async function evict(
  order: ReliefOrder,
  relief: Of<'policy'>,
  cache: Cache,
  context: Tools,
): Promise<ReliefDone> {
  const { incident, plan } = order;
  const now = known(await over(cache, context, readPolicy), 'the policy could not be read');
  const { from, to } = relief;
  // A repeated call, whose answer was lost, finds its own change and a cache that takes writes; or it is somebody else's.
  const noted = await readHeldPolicy(incident, context.store);
  const own = now === to && noted?.incidentId === incident.id;
  if (!own && (now === to || (await findingNow(cache, context)) !== 'full'))
    return { code: 'policy', worked: false, text: notNeededText };
  const at = context.now().toISOString();
  const held: HeldPolicy = { place: plan.place, from, to, at, incidentId: incident.id };
  await mayWrite(incident, context)();
  await notePolicy(incident, held, context.store);
  const end = await over(cache, context, (session) => setPolicy(session, relief));
  return policyDone('policy', relief, end, () => notePolicy(incident, undefined, context.store));
}

async function giveBack(
  { incident }: ReliefOrder,
  relief: Of<'restore'>,
  cache: Cache,
  context: Tools,
): Promise<ReliefDone> {
  const memory = known(await over(cache, context, readMemory), 'the memory could not be read');
  if (memory.policy !== relief.to && !isRelieved(memory))
    return { code: 'restore', worked: false, text: `${notNeededText}: its memory has filled again` };
  await mayWrite(incident, context)();
  // The change that was noted, and its way back.
  const change = { from: relief.to, to: relief.from };
  const end = await over(cache, context, (session) => givePolicyBack(session, change));
  const done = await policyDone('restore', relief, end, () => Promise.resolve());
  if (done.worked) await notePolicy(incident, undefined, context.store);
  return done;
}

/**
 * @param forget is called where nothing was set, so that nothing has to be given back
 * @throws ChangedByPersonError where somebody else has set another policy; UnknownStateError where it is not known what is set
 */
async function policyDone(
  code: 'policy' | 'restore',
  change: { from: string; to: string },
  end: PolicyEnd,
  forget: () => Promise<void>,
): Promise<ReliefDone> {
  const text = policyText(change, end);
  const worked = end.code === 'set' || end.code === 'already';
  if (end.code === 'uncertain') throw new UnknownStateError(text);
  if (!worked) await forget();
  if (end.code === 'person') throw new ChangedByPersonError(text);
  return { code, worked, text };
}

async function empty(
  { incident, plan, approvers }: ReliefOrder,
  relief: Of<'flush'>,
  { cache, pgbouncer }: { cache: Cache; pgbouncer: ServiceConfig['pgbouncer'] },
  context: Tools,
): Promise<ReliefDone> {
  await findingNow(cache, context);
  // Every read goes to the database from now on: it has to have room for them.
  const load = await readLoad(pgbouncer, context);
  const limit = cache.mostActiveSessions;
  if ('unknown' in load || limit === undefined)
    return { code: 'flush', worked: false, text: flushText(relief.of.keys, { code: 'load-unknown' }) };
  if (load.value > limit)
    return { code: 'flush', worked: false, text: flushText(relief.of.keys, { code: 'load-above-limit' }) };
  await mayWrite(incident, context)();
  if (!(await claimFlush(incident, plan.hash, context.store)))
    return { code: 'flush', worked: false, text: flushBegunText };
  const end = await over(cache, context, (session) => flush(session, approvers));
  const text = flushText(relief.of.keys, end);
  if (end.code === 'uncertain') throw new UnknownStateError(text);
  return { code: 'flush', worked: end.code === 'flushed', text };
}
