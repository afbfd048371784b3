import type { ServiceConfig } from '../config/service.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Guard, GuardName } from '../format/reasons/capacity.ts';
import { because } from '../format/reasons.ts';
import { type Demand, tasksForCpu } from './demand.ts';

/** How many tasks a run should ask for, and why. */
export interface Capacity {
  tasks: number;
  /** What stopped the number from being higher, if anything did. */
  limitedBy?: GuardName;
  reasons: Reason[];
}

/** The runbook's Step 2 adds two tasks: the least that a scale-out adds. */
const leastAddition = 2;

/**
 * The number of tasks for a scale-out (design: The plan). Demand = rate + clipped slope × (metric delay + task start)
 * + backlog; R = demand ÷ what one task serves; tasks = ceil(max(R ÷ utilisation, R + β·√R)), at least two more than
 * now. CPU may only raise the number, because it saturates at 100 %. Guards cap it; it never falls below now.
 * @param limits the guards
 * @param cpuTells whether CPU speaks of the tasks that run now; without a request rate it counts anyway.
 */
export function neededTasks(
  demand: Demand,
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  limits: readonly Guard[],
  cpuTells = true,
): Capacity {
  const now = view.desired;
  const byCpu =
    cpuTells || demand.tasks === undefined
      ? tasksForCpu(assessment, view, service)
      : { tasks: 0, reasons: [] };
  const reasons = [...demand.reasons, ...byCpu.reasons];
  let tasks = Math.max(now + leastAddition, demand.tasks ?? 0, byCpu.tasks);
  if (tasks === now + leastAddition)
    reasons.push(because('least-addition', { least: leastAddition, from: now, to: tasks }));
  let limitedBy: GuardName | undefined;
  for (const { guard, limit } of limits) {
    if (tasks <= limit) continue;
    tasks = Math.max(now, limit);
    limitedBy = guard;
    reasons.push(because('limited-by', { guard, limit }));
  }
  return { tasks, ...(limitedBy ? { limitedBy } : {}), reasons };
}

/** What the traffic needs, within every guard; undefined when that is unknown. */
export function allowedForTraffic({ tasks }: Demand, limits: readonly Guard[]): number | undefined {
  if (tasks === undefined) return undefined;
  return Math.min(tasks, ...limits.map(({ limit }) => limit));
}
