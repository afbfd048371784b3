import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import { tasksForCpu, tasksForDemand, tasksForTraffic } from './demand.ts';
import { guards } from './limits.ts';

/** How many tasks a run should ask for, and why. */
export interface Capacity {
  tasks: number;
  /** What stopped the number from being higher, if anything did. */
  limitedBy?: string;
  reasons: string[];
}

/** The runbook's Step 2 adds two tasks: the least that a scale-out adds. */
const leastAddition = 2;

/**
 * The number of tasks for a scale-out (design: The plan). Demand = rate + clipped slope × (metric delay + task start)
 * + backlog; R = demand ÷ what one task serves; tasks = ceil(max(R ÷ utilisation, R + β·√R)), at least two more than
 * now. CPU may only raise the number, because it saturates at 100 %. Guards cap it; it never falls below now.
 * @param cpuTells whether CPU speaks of the tasks that run now; without a request rate it counts anyway.
 */
export function neededTasks(
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  config: Config,
  cpuTells = true,
): Capacity {
  const now = view.desired;
  const reasons: string[] = [];
  const byDemand = tasksForDemand(assessment, service, config, reasons);
  const byCpu = cpuTells || byDemand === undefined ? tasksForCpu(assessment, view, service, reasons) : 0;
  let tasks = Math.max(now + leastAddition, byDemand ?? 0, byCpu);
  if (tasks === now + leastAddition)
    reasons.push(`a scale-out adds at least ${leastAddition} tasks: ${now} → ${tasks}`);
  let limitedBy: string | undefined;
  for (const guard of guards(view, service, config)) {
    if (tasks <= guard.limit) continue;
    tasks = Math.max(now, guard.limit);
    limitedBy = guard.name;
    reasons.push(`${guard.name} allows ${guard.limit} ${guard.limit === 1 ? 'task' : 'tasks'}`);
  }
  return { tasks, ...(limitedBy ? { limitedBy } : {}), reasons };
}

/** The same within every guard. */
export function allowedForTraffic(
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  config: Config,
): number | undefined {
  const needed = tasksForTraffic(assessment, service, config);
  if (needed === undefined) return undefined;
  return Math.min(needed, ...guards(view, service, config).map(({ limit }) => limit));
}
