import { notePolicy, readHeldPolicy } from '../../cache/held.ts';
import { type CacheLook, lookAtCache } from '../../cache/look.ts';
import type { Situation } from '../../cache/next-relief.ts';
import { readPolicy } from '../../cache/policy.ts';
import { asReliever, loggedIn, readCache } from '../../cache/read.ts';
import { isManaged, type PrefixCount, widest } from '../../cache/relief.ts';
import { countPrefixes } from '../../cache/relieve.ts';
import { addressOf, cachePort } from '../../config/servers/address.ts';
import type { ServiceConfig } from '../../config/service.ts';
import { hashOf } from '../../core/hash.ts';
import type { Reading } from '../../core/reading.ts';
import type { CachePlan, ReliefDone } from '../../document/cache-relief.ts';
import type { Incident } from '../../document/incident.ts';
import type { Request } from '../../document/request.ts';
import { placeOf } from '../../format/cache/findings.ts';
import { because } from '../../format/reasons.ts';
import type { StepContext } from '../../lambda/context.ts';
import { readLoad } from '../../pool/postgres.ts';
import { type PlanBasis, planRelief, planRestore } from './relief.ts';

type Tools = StepContext<'secrets' | 'caches' | 'databases' | 'store'>;
type Cache = NonNullable<ServiceConfig['cache']>;

/** What the plan is asked for. */
interface Asked {
  request: Request;
  incident: Incident;
  cachePlan: CachePlan | undefined;
  done: readonly ReliefDone[];
}

/** The keys of all prefixes are counted for so long; then what was counted is a lower bound. */
const countingSeconds = 15;

/** Looks at the cache, as the user who may relieve it, and plans what comes next. Changes nothing in the cache. */
export async function lookForRelief(
  asked: Asked,
  { cache: configured, pgbouncer }: ServiceConfig,
  context: Tools,
): Promise<CachePlan> {
  const { request, incident, cachePlan } = asked;
  const basis: PlanBasis = {
    at: context.now().toISOString(),
    place: configured ? addressOf(configured, cachePort) : 'none',
    round: (cachePlan?.round ?? 0) + 1,
    approvalSeconds: context.config.approval.expiresAfterSeconds,
    incidentId: incident.id,
    service: request.service,
  };
  const cache = asReliever(configured);
  if (!cache) return withoutReliever(basis);
  if (request.restore) return lookForRestore(asked, cache, basis, context);
  const look = await lookAtCache(cache, context);
  const limit = cache.mostActiveSessions;
  const load = limit === undefined ? undefined : await readLoad(pgbouncer, context);
  const database =
    limit === undefined || !load
      ? undefined
      : { limit, ...('value' in load ? { sessions: load.value } : {}) };
  const situation: Situation = {
    look,
    cache,
    done: asked.done,
    request: request.source === 'console' ? { by: 'person', flush: request.flush === true } : { by: 'alarm' },
    ...(await readForRelief(look, cache, context)),
    ...(load ? { load, loadLimit: limit } : {}),
  };
  return planRelief(situation, placeOf(cache), { ...basis, ...(database ? { database } : {}) });
}

function withoutReliever({ incidentId, service, ...basis }: PlanBasis): CachePlan {
  const reasons = [because('cache-held', { why: 'no-reliever' })];
  return { ...basis, action: 'hold', reasons, hash: hashOf({ incidentId, service, action: 'hold' }) };
}

/** What only a full or evicting cache is asked for: its policy as CONFIG has it, and the keys that may go. */
async function readForRelief(
  { findings: [{ code }] }: CacheLook,
  cache: Cache,
  context: Tools,
): Promise<Pick<Situation, 'policy' | 'counts'>> {
  const unasked = { unknown: { cause: 'not-configured', lacks: 'source' } } as const;
  if (code !== 'full' && code !== 'evicting') return { policy: unasked, counts: unasked };
  const policy = isManaged(cache) ? unasked : flat(await loggedIn(cache, context, readPolicy));
  const prefixes = widest(cache.prefixes ?? []);
  if (prefixes.length === 0) return { policy, counts: { value: [] } };
  const until = context.now().getTime() + countingSeconds * 1000;
  const isOver = () => context.now().getTime() >= until;
  const counts: Reading<readonly PrefixCount[]> = flat(
    await loggedIn(cache, context, (session) => countPrefixes(session, prefixes, isOver)),
  );
  return { policy, counts };
}

const flat = <T>(reading: Reading<Reading<T>>): Reading<T> =>
  'unknown' in reading ? reading : reading.value;

async function lookForRestore(
  { request, incident, done }: Asked,
  cache: Cache,
  basis: PlanBasis,
  context: Tools,
): Promise<CachePlan> {
  const held = await readHeldPolicy(incident, context.store);
  const reading = await readCache(cache, context);
  const plan = planRestore({ held, reading, done }, basis);
  // It is as it was, or somebody else's: nobody has to give it back any more.
  const settled = plan.action === 'none' && held !== undefined && held.place === basis.place;
  if (settled && !request.dryRun) await notePolicy(incident, undefined, context.store);
  return plan;
}
