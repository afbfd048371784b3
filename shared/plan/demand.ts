import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { requestsNow } from './vanished-traffic.ts';

/** What the present traffic asks for, worked out once per decision. */
export interface Demand {
  /** By the plan's formula, allowed or not; undefined when the request rate is unknown, or nobody counts requests. */
  tasks: number | undefined;
  reasons: Reason[];
}

/** Minutes in which a backlog should be worked off. */
const drainMinutes = 1;

/**
 * Tasks that the present traffic needs: rate + clipped slope × (metric delay + task start) + backlog, divided by what
 * one task serves (design: The plan). Pure.
 */
export function trafficDemand(assessment: Assessment, service: ServiceConfig, config: Config): Demand {
  const { requestRatePerMinute } = assessment.metrics;
  const rate = requestRatePerMinute.value;
  if (!countsRequests(assessment)) return { tasks: undefined, reasons: [because('no-request-rate')] };
  if (rate === undefined) {
    const why = requestRatePerMinute.unknown?.text ?? '';
    return { tasks: undefined, reasons: [because('rate-unknown', { why })] };
  }
  const { perTask, reasons: capacity } = capacityPerTask(assessment, service);
  const { planning } = config;
  const start = startSeconds(assessment, config);
  const aheadMinutes = (planning.metricDelaySeconds + start) / 60;
  // No demand is foreseen beyond twice the present one: a slope over few points is noisy.
  const growth = Math.min(Math.max((assessment.requestRateSlope ?? 0) * aheadMinutes, 0), rate);
  const backlog = (assessment.backlog ?? 0) / drainMinutes;
  const demand = rate + growth + backlog;
  const load = demand / perTask;
  const tasks = Math.ceil(
    Math.max(load / planning.utilisation, load + planning.burstFactor * Math.sqrt(load)),
  );
  const said = because('demand', {
    rate: Math.round(rate),
    factor: Math.round((10 * rate) / config.thresholds.requestRatePerMinute.critical) / 10,
    growth: Math.floor(growth),
    backlog: Math.floor(backlog),
    demand: Math.round(demand),
    needed: tasks,
    perTask: Math.round(perTask),
    utilisation: planning.utilisation,
  });
  const learned = start === planning.taskStartSeconds ? [] : [because('start-learned', { seconds: start })];
  return { tasks, reasons: [...capacity, ...learned, said] };
}

/** Whether anybody counts the requests of this service: a worker has none. */
const countsRequests = ({ metrics }: Pick<Assessment, 'metrics'>): boolean =>
  metrics.requestRatePerMinute.level !== 'none';

/** How long a task takes until it serves: what the service's own recent starts took where that is longer. Seconds. */
export const startSeconds = ({ service }: Pick<Assessment, 'service'>, { planning }: Config): number =>
  Math.max(planning.taskStartSeconds, ('startSeconds' in service && service.startSeconds) || 0);

/** How far the measured capacity of a task may be from the configured one. */
const trusted = { least: 0.5, most: 4 };

/** Closer than this to the configured capacity, a measurement is not worth a line. */
const noticeable = 0.15;

/** Requests per minute that one task serves: as measured where it could be, else as configured. */
function capacityPerTask({ perTaskCapacity }: Assessment, service: ServiceConfig) {
  const configured = service.capacity.perTask.requestsPerMinute;
  if (perTaskCapacity === undefined) return { perTask: configured, reasons: [] };
  const perTask = Math.min(Math.max(perTaskCapacity, configured * trusted.least), configured * trusted.most);
  const measured = Math.round(perTask);
  const reasons =
    Math.abs(perTask / configured - 1) > noticeable
      ? [because('capacity-measured', { measured, configured })]
      : [];
  return { perTask, reasons };
}

/** How full tasks may be after a scale-in: less than in a plan, or a step would ask for the next scale-out. */
const restUtilisation = 0.75;

/**
 * The fewest tasks that carry what comes now with room to spare: the present request rate or, where nobody counts
 * requests, the work that CPU shows. Undefined when that is unknown.
 */
export function tasksAtRest(assessment: Assessment, service: ServiceConfig): number | undefined {
  if (!countsRequests(assessment)) return tasksForWork(assessment, service);
  const rate = requestsNow(assessment);
  if (rate === undefined) return undefined;
  return Math.max(1, Math.ceil(rate / capacityPerTask(assessment, service).perTask / restUtilisation));
}

/** Tasks that bring the CPU of those that run now to the target of the service's own policy. */
function tasksForWork({ metrics, service: view }: Assessment, { cpuPolicy }: ServiceConfig) {
  const cpu = metrics.cpuPercent.value;
  if (cpu === undefined || 'unknown' in view) return undefined;
  return Math.max(1, Math.ceil((view.running * cpu) / cpuPolicy.baseline.target));
}

/** Tasks that the CPU of the running ones asks for; 0 where it asks for none. CPU may only raise a number. */
export function tasksForCpu(assessment: Assessment, view: ServiceView, service: ServiceConfig) {
  const cpu = assessment.metrics.cpuPercent.value;
  const { target } = service.cpuPolicy.baseline;
  if (cpu === undefined || cpu <= target) return { tasks: 0, reasons: [] };
  const { cpuPercent, requestRatePerMinute } = assessment.metrics;
  // Capped CPU hides how much more is wanted; only a request rate of the same time could tell.
  const doubled = cpu >= saturatedCpu && isNewer(cpuPercent.at, requestRatePerMinute.at);
  const tasks = Math.ceil((view.running * cpu * (doubled ? hiddenDemandFactor : 1)) / target);
  const { running } = view;
  return { tasks, reasons: [because('cpu-needs', { cpu, running, needed: tasks, target, doubled })] };
}

/** Percent from which CPU is taken for capped: an average over tasks seldom reaches 100. */
const saturatedCpu = 88;

/** How much more than capped CPU shows is taken for wanted. */
const hiddenDemandFactor = 2;

/** Whether a point began after the one-minute point `than` ended. */
function isNewer(at: string | undefined, than: string | undefined): boolean {
  return at !== undefined && (than === undefined || Date.parse(at) >= Date.parse(than) + 60_000);
}
