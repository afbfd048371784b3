import { describe, expect, it } from '@jest/globals';
import { neededTasks } from '../../shared/capacity.ts';
import type { Config, ServiceConfig } from '../../shared/config.ts';
import { serviceConfig } from '../../shared/configured.ts';
import type { Assessment, ServiceView } from '../../shared/document.ts';
import {
  assessment,
  configWith,
  type MetricValues,
  now,
  production,
  secondsLater,
  service,
  serviceName,
  view,
} from '../support/builders.ts';

interface Case {
  values?: MetricValues;
  seen?: Partial<Pick<Assessment, 'requestRateSlope' | 'backlog' | 'perTaskCapacity'>>;
  tasks?: Partial<ServiceView>;
  change?: (config: Config, service: ServiceConfig) => void;
}

function needed({ values = {}, seen = {}, tasks = {}, change = () => {} }: Case) {
  const config = configWith(change);
  // An unknown CPU leaves the capacity of a task as it is configured.
  return neededTasks(
    assessment({ values: { cpuPercent: 'unknown', ...values }, ...seen }),
    view(tasks),
    serviceConfig(config, serviceName),
    config,
  );
}
const many = { desired: 10, running: 10 };

describe('the number of tasks for a scale-out', () => {
  // One task serves 400 a minute; R = demand / 400; tasks = ceil(max(R / 0.85, R + 1.2 * sqrt(R))).
  it.each<[string, Case, number]>([
    ['at least two more than now (R = 1.5 needs 3)', { values: { requestRatePerMinute: 600 } }, 5],
    ['2,400/min: R = 6, 6 + 1.2 * 2.449 = 8.94', { values: { requestRatePerMinute: 2400 } }, 9],
    [
      'many tasks: R = 16, 16 / 0.85 = 18.8 < 16 + 4.8 = 20.8, capped at 20',
      { values: { requestRatePerMinute: 6400 }, tasks: many },
      20,
    ],
    [
      'growth for two minutes: 2,000 + 2 * 200 = 2,400',
      { values: { requestRatePerMinute: 2000 }, seen: { requestRateSlope: 200 } },
      9,
    ],
    [
      'growth of at most the present rate: 2,400 + 2,400, R = 12, 16.16',
      {
        values: { requestRatePerMinute: 2400 },
        seen: { requestRateSlope: 6000 },
        tasks: { desired: 6, running: 6 },
      },
      17,
    ],
    [
      'falling traffic: no growth',
      { values: { requestRatePerMinute: 2400 }, seen: { requestRateSlope: -500 } },
      9,
    ],
    [
      'a backlog of 400, drained in a minute: 2,000 + 400',
      { values: { requestRatePerMinute: 2000 }, seen: { backlog: 400 } },
      9,
    ],
    ['an unknown request rate: the floor of two more', { values: { requestRatePerMinute: 'unknown' } }, 5],
    [
      'CPU raises: 10 * 91 / 70 = 13',
      { values: { requestRatePerMinute: 600, cpuPercent: 91 }, tasks: many },
      13,
    ],
    [
      'CPU at its target asks for nothing',
      { values: { requestRatePerMinute: 600, cpuPercent: 70 }, tasks: many },
      12,
    ],
    [
      'low CPU never lowers what the demand needs',
      { values: { requestRatePerMinute: 2400, cpuPercent: 20 } },
      9,
    ],
    [
      'CPU counts running tasks only, and hides a spike',
      { values: { requestRatePerMinute: 2400, cpuPercent: 100 } },
      9,
    ],
  ])('%s', (_, given, tasks) => {
    const capacity = needed(given);

    expect(capacity.tasks).toBe(tasks);
    expect(capacity.reasons).not.toEqual([]);
  });

  // R with growth for two minutes: twice the rate divided by what a task serves.
  it.each<[string, number, number | undefined, number]>([
    ['cheap requests need fewer tasks than configured: R = 2,400 / 1,000, 4.26', 1200, 1000, 5],
    ['expensive ones more: R = 1,200 / 250 = 4.8, 7.4', 600, 250, 8],
    ['never trusted below half: 100, taken as 200, R = 2.4', 240, 100, 5],
    ['never trusted above four times: 6,667, taken as 1,600, R = 7.5, 10.8', 6000, 6667, 11],
    ['close to the configured: 417 per task, R = 3.6, 5.88', 750, 417, 6],
    ['not measured: as configured, R = 6, 8.94', 1200, undefined, 9],
  ])('measured: %s', (_, requestRatePerMinute, perTaskCapacity, tasks) => {
    const seen = { requestRateSlope: requestRatePerMinute / 2, perTaskCapacity };

    expect(needed({ values: { requestRatePerMinute }, seen }).tasks).toBe(tasks);
  });

  const blind = (cpuAt: string | undefined, rateAt: string | undefined, cpuPercent = 100) => {
    const seen = assessment({ values: { cpuPercent, requestRatePerMinute: 600 } });
    const { metrics } = seen;
    Object.assign(metrics.cpuPercent, { at: cpuAt });
    Object.assign(metrics.requestRatePerMinute, { at: rateAt });
    return neededTasks(seen, view(), service, production).tasks;
  };
  it.each<[string, string | undefined, string | undefined, number, number]>([
    ['3 * 100 / 70 = 4.3, twice', secondsLater(60), now, 100, 9],
    ['3 * 88 / 70, twice', secondsLater(60), now, 88, 8],
    ['not yet saturated', secondsLater(60), now, 87, 5],
    ['the minute of the rate has seen the demand', secondsLater(59), now, 100, 5],
    ['no time of a rate', now, undefined, 100, 9],
    ['no time of the CPU', undefined, now, 100, 5],
  ])('saturated CPU that no request rate has seen counts twice: %s', (_, cpuAt, rateAt, percent, tasks) => {
    expect(blind(cpuAt, rateAt, percent)).toBe(tasks);
  });

  it('says why an unknown request rate does not count', () => {
    expect(needed({ values: { requestRatePerMinute: 'unknown' } }).reasons).toContain(
      'request rate is unknown (no data points); planning without it',
    );
  });

  const flood = { requestRatePerMinute: 100_000 };
  it.each<[string, Case, number]>([
    ['growth in one step', { values: flood }, 12],
    ['growth in one step', { values: flood, tasks: { desired: 3, running: 3, pending: 1 } }, 16],
    [
      'growth in one step',
      {
        values: flood,
        tasks: { desired: 0, running: 0 },
        change: ({ planning }) => Object.assign(planning, { maxGrowth: 2.5 }),
      },
      2,
    ],
    // 0.9 * 300 - 100 = 170 connections, 20 per task.
    [
      'the connection budget',
      {
        values: flood,
        change: (_, { pgbouncer }) => Object.assign(pgbouncer.baseline, { maxClientConn: 300 }),
      },
      8,
    ],
    [
      'the task quota',
      { values: flood, change: (_, { capacity }) => Object.assign(capacity, { taskQuota: 7 }) },
      7,
    ],
    ['the configured ceiling', { values: flood, tasks: many }, 20],
    ['the configured ceiling', { values: flood, tasks: { desired: 25, running: 25 } }, 25],
    // Others hold more than the budget: nothing is added, nothing is removed.
    [
      'the connection budget',
      { values: flood, change: (_, { pgbouncer }) => Object.assign(pgbouncer, { heldByOthers: 2000 }) },
      3,
    ],
  ])('is limited by %s: %j', (guard, given, tasks) => {
    const capacity = needed(given);

    expect(capacity).toMatchObject({ tasks, limitedBy: guard });
    expect(capacity.reasons.join()).toContain(guard);
  });
});
