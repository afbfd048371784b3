import type { Config } from '../../config/schema.ts';
import type { ServiceConfig } from '../../config/service.ts';
import type { ServiceView } from '../../document/assessment.ts';
import type { PoolRoom } from '../../document/pool-settings.ts';
import type { Bounds } from '../../document/settings.ts';
import type { Guard } from '../../format/reasons/capacity.ts';
import type { Slots } from '../../pool/topology/sidecar.ts';
import { connectionGuards } from './pool-room.ts';
import { sidecarGuard } from './sidecars.ts';

/** The most tasks that any run may ask for or register (invariant 1). */
export const ceilingOf = ({ capacity }: ServiceConfig): number =>
  Math.min(capacity.emergency.max, capacity.taskQuota);

/** The fewest tasks that any run may ask for: the higher of the configured minimum and the one to go back to (invariant 1). */
export const floorOf = ({ capacity }: ServiceConfig, normal: { bounds?: Bounds | undefined } = {}): number =>
  Math.max(capacity.baseline.min, normal.bounds?.min ?? 1);

/**
 * What caps a scale-out, each by its name; the last two are the ceiling.
 * @param room what the pools have left, where that was read
 * @param said PostgreSQL's slots by its own word, where a PgBouncer stands beside each task
 */
export function guards(
  view: ServiceView,
  service: ServiceConfig,
  config: Config,
  room?: PoolRoom,
  said?: Slots,
): Guard[] {
  const { capacity } = service;
  const sidecars = sidecarGuard(service, said);
  const present = Math.max(view.desired, view.running + view.pending);
  return [
    { guard: 'growth', limit: Math.floor(Math.max(present, 1) * config.planning.maxGrowth) },
    ...(sidecars ? [sidecars] : connectionGuards(view, service, room)),
    { guard: 'quota', limit: capacity.taskQuota },
    { guard: 'ceiling', limit: capacity.emergency.max },
  ];
}

/** Those of the guards that count connections, the tightest in front. Pure. */
const ofConnections = (limits: readonly Guard[]): Guard[] =>
  limits
    .filter(({ guard }) => guard === 'slots' || guard === 'connections')
    .toSorted((a, b) => a.limit - b.limit);

/**
 * How far a run lets autoscaling go by itself: it knows nothing of connections. The guard is there where it is less than the
 * emergency's max. Pure.
 */
export function raisedMax(
  { capacity }: ServiceConfig,
  limits: readonly Guard[],
): { max: number; capped?: Guard } {
  const { max } = capacity.emergency;
  const [tightest] = ofConnections(limits);
  return tightest && tightest.limit < max ? { max: tightest.limit, capped: tightest } : { max };
}

/** The next desired count on the way down: at most max(1, 25 %) fewer, never below the target (invariant 2). */
export function nextStepDown(current: number, target: number, config: Config): number {
  const step = Math.max(1, Math.floor(current * config.limits.scaleInStep));
  return Math.max(target, current - step);
}
