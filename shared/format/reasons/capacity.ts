import { metricValue } from '../metrics.ts';
import { rounded, tasks, tenths } from '../numbers.ts';
import { sidecarText } from '../pools/sidecar.ts';
import { duration } from '../text.ts';

type Demand = {
  /** Requests per minute. */
  rate: number;
  /** Of the critical limit. */
  factor: number;
  growth: number;
  /** Requests that wait. */
  backlog: number;
  /** Requests per minute, all three together. */
  demand: number;
  needed: number;
  perTask: number;
  /** 0 to 1. */
  utilisation: number;
};
type OfCpu = { cpu: number; running: number; needed: number; target: number; doubled: boolean };

export type GuardName = 'growth' | 'slots' | 'connections' | 'quota' | 'ceiling';

/** The most tasks that a scale-out may ask for, by what says so. */
export interface Guard {
  guard: GuardName;
  limit: number;
}

const guards: Record<GuardName, string> = {
  growth: 'growth in one step',
  slots: 'what PostgreSQL has left of its connections',
  connections: 'the connection budget',
  quota: 'the task quota',
  ceiling: 'the configured ceiling',
};

const perMinute = (rate: number) => metricValue('requestRatePerMinute', rate);
const percent = (value: number) => metricValue('cpuPercent', value);

/** How many tasks, and which settings of the emergency. */
export const capacityReasons = {
  'no-request-rate': () => 'nobody counts requests of this service: its CPU says how many tasks it needs',
  'rate-unknown': ({ why }: { why: string }) => `request rate is unknown (${why}); planning without it`,
  demand: ({ rate, factor, growth, backlog, demand, needed, perTask, utilisation }: Demand) => {
    const parts = [
      `${perMinute(rate)} now`,
      ...(growth >= 1 ? [`${perMinute(growth)} growth until new tasks serve`] : []),
      ...(backlog >= 1 ? [`${rounded(backlog)} waiting request${rounded(backlog) === '1' ? '' : 's'}`] : []),
    ].join(' + ');
    return `request rate ${perMinute(rate)} is ${tenths(factor)}× the critical limit; demand of ${perMinute(demand)} (${parts}) needs ${tasks(needed)} of ${perMinute(perTask)} at ${percent(utilisation * 100)}`;
  },
  'start-learned': ({ seconds }: { seconds: number }) =>
    `a task of this service takes ${duration(seconds)} until it serves (by its own recent starts)`,
  'capacity-measured': ({ measured, configured }: { measured: number; configured: number }) =>
    `a task serves ${perMinute(measured)} of these requests (measured; configured ${perMinute(configured)})`,
  'cpu-needs': ({ cpu, running, needed, target, doubled }: OfCpu) =>
    `CPU ${percent(cpu)} on ${running} running tasks needs ${needed} for a target of ${percent(target)}${
      doubled ? ' (doubled, because CPU is saturated and the request rate is not known yet)' : ''
    }`,
  'least-addition': ({ least, from, to }: { least: number; from: number; to: number }) =>
    `a scale-out adds at least ${tasks(least)}: ${from} → ${to}`,
  'limited-by': ({ guard, limit }: Guard) => `${guards[guard]} allows ${tasks(limit)}`,
  'pools-unread': () =>
    'what the pools have left is unknown; the connection budget is that of the configuration',
  'pools-before-tasks': ({ needed, busy, size }: { needed: number; busy: number; size: number }) =>
    `${tasks(needed)} need more than the pools give (${rounded(busy)} of ${rounded(size)} connections in use now): the pools are raised first`,
  'clients-before-tasks': ({ needed, clients, limit }: { needed: number; clients: number; limit: number }) =>
    `${tasks(needed)} bring up to ${rounded(clients)} connections, and PgBouncer lets in ${rounded(limit)}: that is raised first`,
  'sidecar-budget': sidecarText,
  'no-target': () => 'no scalable target is registered: only the desired count is set',
  'target-unknown': ({ why }: { why: string }) =>
    `autoscaling is unknown (${why}): only the desired count is set`,
  'bounds-raised': ({ from, to }: { from: Bounds; to: Bounds }) =>
    `min/max ${from.min}/${from.max} → ${to.min}/${to.max}; scale-in and scheduled scaling suspended during the incident`,
  'cut-by-autoscaling': ({ from, to }: { from: number; to: number }) =>
    `Auto Scaling set the desired count ${from} → ${to} by itself, and it may not be lower yet: raised again`,
  'temporary-policy-stays': ({ policy }: { policy: string }) =>
    `found the temporary policy ${policy}; it stays, because it is the only CPU policy: replace it by hand`,
  'temporary-name-taken': ({ policy }: { policy: string }) =>
    `policy ${policy} has the temporary policy's name, but does not follow CPU: it is not the runbook's, and stays`,
  'temporary-policy-goes': ({ policy }: { policy: string }) =>
    `found the temporary policy ${policy}; it is removed on restore`,
  'no-cpu-policy': () => 'no CPU policy exists, so there is none to make more aggressive',
  'cpu-target': ({ policy, from, to }: { policy: string; from: number; to: number }) =>
    `policy ${policy}: CPU target ${percent(from)} → ${percent(to)}`,
};

type Bounds = { min: number; max: number };
