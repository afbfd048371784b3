import type { Config, ServiceConfig } from './config.ts';
import type { Assessment, ServiceView } from './document.ts';

/** How many tasks a run should ask for, and why. */
export interface Capacity {
  tasks: number;
  /** What stopped the number from being higher, if anything did. */
  limitedBy?: string;
  reasons: string[];
}

/** Minutes in which a backlog should be worked off. */
const drainMinutes = 1;
/** The runbook's Step 2 adds two tasks: the least that a scale-out adds. */
const leastAddition = 2;

/**
 * The number of tasks for a scale-out (design: The plan). Demand = rate + clipped slope × (metric delay + task start)
 * + backlog; R = demand ÷ what one task serves; tasks = ceil(max(R ÷ utilisation, R + β·√R)), at least two more than
 * now. CPU may only raise the number, because it saturates at 100 %. Guards cap it; it never falls below now.
 */
export function neededTasks(
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  config: Config,
): Capacity {
  const now = view.desired;
  const reasons: string[] = [];
  const byDemand = tasksForDemand(assessment, view, service, config, reasons);
  const byCpu = tasksForCpu(assessment, view, service, reasons);
  let tasks = Math.max(now + leastAddition, byDemand, byCpu);
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

function tasksForDemand(
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  config: Config,
  reasons: string[],
): number {
  const { requestRatePerMinute } = assessment.metrics;
  const rate = requestRatePerMinute.value;
  if (rate === undefined) {
    reasons.push(`request rate is unknown (${requestRatePerMinute.reason}); planning without it`);
    return 0;
  }
  const perTask = capacityPerTask(assessment, view, rate, service, reasons);
  const { planning } = config;
  const aheadMinutes = (planning.metricDelaySeconds + planning.taskStartSeconds) / 60;
  // No demand is foreseen beyond twice the present one: a slope over few points is noisy.
  const growth = Math.min(Math.max((assessment.requestRateSlope ?? 0) * aheadMinutes, 0), rate);
  const backlog = (assessment.backlog ?? 0) / drainMinutes;
  const demand = rate + growth + backlog;
  const load = demand / perTask;
  const tasks = Math.ceil(
    Math.max(load / planning.utilisation, load + planning.burstFactor * Math.sqrt(load)),
  );
  const parts = [
    `${whole(rate)}/min now`,
    ...(growth >= 1 ? [`${whole(growth)}/min growth until new tasks serve`] : []),
    ...(backlog >= 1 ? [`${whole(backlog)} waiting requests`] : []),
  ];
  const factor = rate / config.thresholds.requestRatePerMinute.critical;
  reasons.push(
    `request rate ${whole(rate)}/min is ${factor.toFixed(1)}× the critical limit; demand of ${whole(demand)}/min (${parts.join(
      ' + ',
    )}) needs ${tasks} tasks of ${whole(perTask)}/min at ${Math.round(planning.utilisation * 100)} %`,
  );
  return tasks;
}

/** CPU between these shows what a request costs; below it is mostly noise, above it saturates. */
const tellingCpu = { from: 30, to: 90 };
/** How far the measured capacity of a task may be from the configured one. */
const trusted = { least: 0.5, most: 4 };
/** Closer than this to the configured capacity, a measurement is not worth a line. */
const noticeable = 0.15;

/** Requests per minute that one task serves: measured as rate per running task at known CPU, else as configured. */
function capacityPerTask(
  assessment: Assessment,
  view: ServiceView,
  rate: number,
  service: ServiceConfig,
  reasons: string[],
): number {
  const configured = service.capacity.perTask.requestsPerMinute;
  const cpu = assessment.metrics.cpuPercent.value;
  if (cpu === undefined || cpu < tellingCpu.from || view.running === 0) return configured;
  const seen = rate / view.running / (cpu / 100);
  // Saturated CPU can show that a task serves less than configured, never that it serves more.
  const most = cpu > tellingCpu.to ? 1 : trusted.most;
  const measured = Math.min(Math.max(seen, configured * trusted.least), configured * most);
  if (Math.abs(measured / configured - 1) > noticeable) {
    reasons.push(
      `a task serves ${whole(measured)}/min of these requests (measured at ${whole(cpu)} % CPU; configured ${configured})`,
    );
  }
  return measured;
}

function tasksForCpu(
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  reasons: string[],
): number {
  const cpu = assessment.metrics.cpuPercent.value;
  const { target } = service.cpuPolicy.baseline;
  if (cpu === undefined || cpu <= target) return 0;
  const tasks = Math.ceil((view.running * cpu) / target);
  reasons.push(
    `CPU ${whole(cpu)} % on ${view.running} running tasks needs ${tasks} for a target of ${target} %`,
  );
  return tasks;
}

function guards(view: ServiceView, service: ServiceConfig, config: Config) {
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

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
