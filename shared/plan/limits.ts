import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { ServiceView } from '../document/assessment.ts';
import type { Bounds } from '../document/settings.ts';

/** The most tasks that any run may ask for or register (invariant 1). */
export const ceilingOf = ({ capacity }: ServiceConfig): number =>
  Math.min(capacity.emergency.max, capacity.taskQuota);

/** The fewest tasks that any run may ask for: the higher of the configured minimum and the one to go back to (invariant 1). */
export const floorOf = ({ capacity }: ServiceConfig, normal: { bounds?: Bounds | undefined } = {}): number =>
  Math.max(capacity.baseline.min, normal.bounds?.min ?? 1);

/** What caps a scale-out, each by its name; the last two are the ceiling. */
export function guards(view: ServiceView, service: ServiceConfig, config: Config) {
  const { capacity } = service;
  const connected = connectionLimit(service);
  const present = Math.max(view.desired, view.running + view.pending);
  return [
    { guard: 'growth', limit: Math.floor(Math.max(present, 1) * config.planning.maxGrowth) },
    ...(connected === undefined ? [] : [{ guard: 'connections' as const, limit: connected }]),
    { guard: 'quota', limit: capacity.taskQuota },
    { guard: 'ceiling', limit: capacity.emergency.max },
  ] as const;
}

/** So many tasks does PgBouncer let connect before the last tenth; undefined where there is none. */
function connectionLimit({ capacity, pgbouncer }: ServiceConfig): number | undefined {
  const { connections } = capacity.perTask;
  if (!pgbouncer || connections === undefined) return undefined;
  return Math.floor((0.9 * pgbouncer.baseline.maxClientConn - pgbouncer.heldByOthers) / connections);
}

/** The next desired count on the way down: at most max(1, 25 %) fewer, never below the target (invariant 2). */
export function nextStepDown(current: number, target: number, config: Config): number {
  const step = Math.max(1, Math.floor(current * config.limits.scaleInStep));
  return Math.max(target, current - step);
}
