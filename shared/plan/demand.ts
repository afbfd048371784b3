import type { Config } from '../config/schema.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';

/** Minutes in which a backlog should be worked off. */
const drainMinutes = 1;

export function tasksForDemand(
  assessment: Assessment,
  service: ServiceConfig,
  config: Config,
  reasons: string[],
): number | undefined {
  const { requestRatePerMinute } = assessment.metrics;
  const rate = requestRatePerMinute.value;
  if (rate === undefined) {
    reasons.push(`request rate is unknown (${requestRatePerMinute.unknown?.text}); planning without it`);
    return undefined;
  }
  const perTask = capacityPerTask(assessment, service, reasons);
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

/** How far the measured capacity of a task may be from the configured one. */
const trusted = { least: 0.5, most: 4 };

/** Closer than this to the configured capacity, a measurement is not worth a line. */
const noticeable = 0.15;

/** Requests per minute that one task serves: as measured where it could be, else as configured. */
function capacityPerTask({ perTaskCapacity }: Assessment, service: ServiceConfig, reasons: string[]): number {
  const configured = service.capacity.perTask.requestsPerMinute;
  if (perTaskCapacity === undefined) return configured;
  const measured = Math.min(Math.max(perTaskCapacity, configured * trusted.least), configured * trusted.most);
  if (Math.abs(measured / configured - 1) > noticeable) {
    reasons.push(
      `a task serves ${whole(measured)}/min of these requests (measured; configured ${configured})`,
    );
  }
  return measured;
}

/** Tasks that the present traffic needs by the plan's formula, allowed or not; undefined when the rate is unknown. */
export const tasksForTraffic = (
  assessment: Assessment,
  service: ServiceConfig,
  config: Config,
): number | undefined => tasksForDemand(assessment, service, config, []);

/** How full tasks may be after a scale-in: less than in a plan, or a step would ask for the next scale-out. */
const restUtilisation = 0.75;

/** The fewest tasks that carry the present request rate with room to spare; undefined when the rate is unknown. */
export function tasksAtRest(assessment: Assessment, service: ServiceConfig): number | undefined {
  const rate = assessment.metrics.requestRatePerMinute.value;
  if (rate === undefined) return undefined;
  return Math.max(1, Math.ceil(rate / capacityPerTask(assessment, service, []) / restUtilisation));
}

export function tasksForCpu(
  assessment: Assessment,
  view: ServiceView,
  service: ServiceConfig,
  reasons: string[],
): number {
  const cpu = assessment.metrics.cpuPercent.value;
  const { target } = service.cpuPolicy.baseline;
  if (cpu === undefined || cpu <= target) return 0;
  const { cpuPercent, requestRatePerMinute } = assessment.metrics;
  // Capped CPU hides how much more is wanted; only a request rate of the same time could tell.
  const hidden = cpu >= saturatedCpu && isNewer(cpuPercent.at, requestRatePerMinute.at);
  const tasks = Math.ceil((view.running * cpu * (hidden ? hiddenDemandFactor : 1)) / target);
  reasons.push(
    `CPU ${whole(cpu)} % on ${view.running} running tasks needs ${tasks} for a target of ${target} %${
      hidden ? ', counted twice: it is saturated, and no request rate shows the demand yet' : ''
    }`,
  );
  return tasks;
}

/** Percent from which CPU is taken for capped: an average over tasks seldom reaches 100. */
const saturatedCpu = 88;

/** How much more than capped CPU shows is taken for wanted. */
const hiddenDemandFactor = 2;

/** Whether a point began after the one-minute point `than` ended. */
function isNewer(at: string | undefined, than: string | undefined): boolean {
  return at !== undefined && (than === undefined || Date.parse(at) >= Date.parse(than) + 60_000);
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
