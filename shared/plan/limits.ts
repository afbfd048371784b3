import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { ServiceView } from '../document/assessment.ts';

export function guards(view: ServiceView, service: ServiceConfig, config: Config) {
  const { capacity, pgbouncer } = service;
  const connections = 0.9 * pgbouncer.baseline.maxClientConn - pgbouncer.heldByOthers;
  const present = Math.max(view.desired, view.running + view.pending);
  return [
    { name: 'growth in one step', limit: Math.floor(Math.max(present, 1) * config.planning.maxGrowth) },
    { name: 'the connection budget', limit: Math.floor(connections / capacity.perTask.connections) },
    { name: 'the task quota', limit: capacity.taskQuota },
    { name: 'the configured ceiling', limit: capacity.emergency.max },
  ];
}

/** The next desired count on the way down: at most max(1, 25 %) fewer, never below the target (invariant 2). */
export function nextStepDown(current: number, target: number, config: Config): number {
  const step = Math.max(1, Math.floor(current * config.limits.scaleInStep));
  return Math.max(target, current - step);
}
