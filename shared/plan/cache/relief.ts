import type { HeldPolicy } from '../../cache/held.ts';
import { isRelieved, relievedShare } from '../../cache/next-batch.ts';
import { nextRelief, type OwnRelief, type Situation, type WhyHeld } from '../../cache/next-relief.ts';
import { approversNeeded } from '../../cache/relief.ts';
import type { Cache } from '../../cache/types.ts';
import { hashOf } from '../../core/hash.ts';
import type { Reading } from '../../core/reading.ts';
import type { CachePlan, CacheRelief, CacheReliefPlan, ReliefDone } from '../../document/cache-relief.ts';
import type { Reason } from '../../document/reason.ts';
import { cacheAdvice, type Place } from '../../format/cache/findings.ts';
import { because } from '../../format/reasons.ts';
import { told } from '../../format/unknown.ts';

/** What a plan has whatever follows. */
export type PlanBasis = Pick<CachePlan, 'at' | 'place' | 'round' | 'approvalSeconds' | 'database'> & {
  /** What else an approval is bound to: the incident and its service. */
  incidentId: string;
  service: string;
};

/**
 * What an approval of a relief is bound to: the run's incident, the cache, what is done and to which keys, and how many have
 * to approve it. The counts are what people see, not what they decide: they change while they read. Pure.
 */
export function reliefHash(
  { incidentId, service, place, round }: Pick<PlanBasis, 'incidentId' | 'service' | 'place' | 'round'>,
  relief: CacheRelief,
  needed: number,
): string {
  const what = {
    code: relief.code,
    ...('from' in relief ? { from: relief.from, to: relief.to } : {}),
    ...('prefixes' in relief ? { prefixes: relief.prefixes.map(({ prefix }) => prefix).sort() } : {}),
  };
  return hashOf({ incidentId, service, place, round, needed, ...what });
}

function planned(basis: PlanBasis, relief: CacheRelief, needed: number, reasons: Reason[]): CacheReliefPlan {
  const { incidentId: _, service: __, ...shown } = basis;
  return { ...shown, action: 'relieve', relief, needed, reasons, hash: reliefHash(basis, relief, needed) };
}

function ended(basis: PlanBasis, action: 'relieved' | 'none' | 'hold', reasons: Reason[]): CachePlan {
  const { incidentId, service, ...shown } = basis;
  return { ...shown, action, reasons, hash: hashOf({ incidentId, service, action }) };
}

/** What is to be done to a cache, the mildest first, as people are asked about it. Pure. Source: runbook, Redis Cache Emergency. */
export function planRelief(seen: Situation, address: Place, basis: PlanBasis): CachePlan {
  const [finding, ...others] = seen.look.findings;
  const says = [finding, ...others].map((one) =>
    because('cache-says', { said: cacheAdvice(one, address).text }),
  );
  const done = seen.done.map(({ text }) => because('relief-done', { said: text }));
  const next = nextRelief(seen);
  switch (next.action) {
    case 'relieve':
      return planned(basis, shown(next.relief), next.relief.approvers, [...done, ...says]);
    case 'relieved':
      return ended(basis, 'relieved', [...done, ...takesWrites(seen.look.reading)]);
    case 'none':
      return ended(basis, 'none', [...done, because('cache-fine')]);
    case 'hold':
      return ended(basis, 'hold', [...done, ...says, ...next.why.map(heldReason)]);
  }
}

/** The relief without what only decides who does it. */
function shown(relief: OwnRelief): CacheRelief {
  const { keys, of, memory, hitRate, cluster } = relief;
  const stakes = { keys, of, memory, ...(hitRate ? { hitRate } : {}), cluster };
  switch (relief.code) {
    case 'policy':
      return { code: 'policy', from: relief.from, to: relief.to, ...stakes };
    case 'unlink':
      return { code: 'unlink', prefixes: [...relief.prefixes], ...stakes };
    case 'flush':
      return { code: 'flush', ...stakes };
  }
}

/** What the way back of a policy follows from. */
export interface RestoreSeen {
  held: HeldPolicy | undefined;
  reading: Reading<Cache>;
  done: readonly ReliefDone[];
}

/** The way back to the policy that was noted, unless somebody else has set another one, or writes would fail under it. Pure. */
export function planRestore({ held, reading, done }: RestoreSeen, basis: PlanBasis): CachePlan {
  const last = done.at(-1);
  if (last?.worked) return ended(basis, 'relieved', [because('relief-done', { said: last.text })]);
  if (last) return ended(basis, 'hold', [because('relief-done', { said: last.text })]);
  if (!held || held.place !== basis.place) return ended(basis, 'none', [because('policy-not-held')]);
  if ('unknown' in reading)
    return ended(basis, 'hold', [because('policy-unread', { said: told(reading.unknown).text })]);
  const { from, to } = held;
  const { memory, keys, expiring, cluster } = reading.value;
  const { policy } = memory;
  if (policy === from) return ended(basis, 'none', [because('policy-is-back', { policy })]);
  if (policy !== to) return ended(basis, 'none', [because('policy-of-person', { policy })]);
  if (!isRelieved(memory))
    return ended(basis, 'hold', [because('policy-would-refuse', { policy: from, share: relievedShare })]);
  const relief = {
    code: 'restore',
    from: to,
    to: from,
    keys: 0,
    of: { keys, expiring },
    memory,
    cluster,
  } as const;
  return planned(basis, relief, approversNeeded.policy, []);
}

const takesWrites = (reading: Reading<Cache>): Reason[] =>
  'value' in reading ? [because('cache-relieved', { memory: reading.value.memory })] : [];

function heldReason(why: WhyHeld): Reason {
  switch (why.because) {
    case 'for-person':
      return because('relief-for-person', { relief: why.relief });
    case 'not-limited':
      return because('relief-not-limited', { relief: why.relief });
    case 'omitted':
      return because('relief-left-out', { relief: why.omission.relief, why: why.omission.because });
    default:
      return because('cache-held', { why: why.because });
  }
}
