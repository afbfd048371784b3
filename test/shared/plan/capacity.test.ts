import { describe, expect, it } from '@jest/globals';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import type { Config } from '../../../shared/config/schema.ts';
import type { ServiceConfig } from '../../../shared/config/service.ts';
import type { Assessment, ServiceView } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { because } from '../../../shared/format/reasons.ts';
import { neededTasks } from '../../../shared/plan/capacity.ts';
import { tasksAtRest, trafficDemand } from '../../../shared/plan/demand.ts';
import { guards } from '../../../shared/plan/guards/limits.ts';
import {
  assessment,
  configWith,
  type MetricValues,
  now,
  poolsOf,
  production,
  secondsLater,
  service,
  serviceName,
  throttled,
  view,
} from '../../support/builders.ts';

interface Case {
  values?: MetricValues;
  seen?: Partial<Pick<Assessment, 'service' | 'requestRateSlope' | 'backlog' | 'perTaskCapacity'>>;
  tasks?: Partial<ServiceView>;
  change?: (config: Config, service: ServiceConfig) => void;
  /** PostgreSQL's slots, by its own word. */
  said?: { maxConnections: number; reserved: number };
}

function needed({ values = {}, seen = {}, tasks = {}, change = () => {}, said }: Case) {
  const config = configWith(change);
  // An unknown CPU leaves the capacity of a task as it is configured.
  const limits = serviceConfig(config, serviceName);
  const assessed = assessment({ values: { cpuPercent: 'unknown', ...values }, ...seen });
  return neededTasks(
    trafficDemand(assessed, limits, config),
    assessed,
    view(tasks),
    limits,
    guards(view(tasks), limits, config, undefined, said),
  );
}
/** A PgBouncer beside each task, and a PostgreSQL with so many connections. */
const beside =
  (maxConnections: number): NonNullable<Case['change']> =>
  (_, one) =>
    Object.assign(poolsOf(one), { topology: 'sidecar', postgresql: { maxConnections, reserved: 3 } });
const many = { desired: 10, running: 10 };
/** The numbers of a demand. */
type Facts = Parameters<typeof because<'demand'>>[1];

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
    const demand = trafficDemand(seen, service, production);
    return neededTasks(demand, seen, view(), service, guards(view(), service, production)).tasks;
  };
  it.each<[string, string | undefined, string | undefined, number, number]>([
    ['3 * 100 / 70 = 4.3, twice', secondsLater(60), now, 100, 9],
    ['3 * 88 / 70, twice', secondsLater(60), now, 88, 8],
    ['not yet saturated', secondsLater(60), now, 87, 5],
    ['the minute of the rate has seen the demand', secondsLater(59), now, 100, 5],
    ['no time of a rate', now, undefined, 100, 9],
    ['no time of the CPU', undefined, now, 100, 5],
    ['no time of either', undefined, undefined, 100, 5],
  ])('saturated CPU that no request rate has seen counts twice: %s', (_, cpuAt, rateAt, percent, tasks) => {
    expect(blind(cpuAt, rateAt, percent)).toBe(tasks);
  });

  it('says why an unknown request rate does not count', () => {
    expect(needed({ values: { requestRatePerMinute: 'unknown' } }).reasons).toContainEqual(
      because('rate-unknown', { why: 'no datapoints' }),
    );
  });

  const flood = { requestRatePerMinute: 100_000 };
  it.each<[string, Case, number]>([
    ['growth', { values: flood }, 12],
    ['growth', { values: flood, tasks: { desired: 3, running: 3, pending: 1 } }, 16],
    [
      'growth',
      {
        values: flood,
        tasks: { desired: 0, running: 0 },
        change: ({ planning }) => Object.assign(planning, { maxGrowth: 2.5 }),
      },
      2,
    ],
    // 0.9 * 300 - 100 = 170 connections, 20 per task.
    [
      'connections',
      {
        values: flood,
        change: (_, one) => Object.assign(poolsOf(one).baseline, { maxClientConn: 300 }),
      },
      8,
    ],
    // Beside each task: 1,400 - 3 - 100 - 1 = 1,296 connections, 130 per task; and fewer by PostgreSQL's own word.
    ['connections', { values: flood, change: beside(1400) }, 9],
    ['connections', { values: flood, change: beside(1400), said: { maxConnections: 800, reserved: 3 } }, 5],
    // More run already than fit: nothing is added, nothing is removed.
    ['connections', { values: flood, change: beside(200) }, 3],
    ['quota', { values: flood, change: (_, { capacity }) => Object.assign(capacity, { taskQuota: 7 }) }, 7],
    ['ceiling', { values: flood, tasks: many }, 20],
    ['ceiling', { values: flood, tasks: { desired: 25, running: 25 } }, 25],
    // Others hold more than the budget: nothing is added, nothing is removed.
    [
      'connections',
      { values: flood, change: (_, one) => Object.assign(poolsOf(one), { heldByOthers: 2000 }) },
      3,
    ],
  ])('is limited by %s: %j', (guard, given, tasks) => {
    const capacity = needed(given);

    expect(capacity).toMatchObject({ tasks, limitedBy: guard });
    expect(capacity.reasons).toContainEqual(expect.objectContaining({ code: 'limited-by', guard }));
  });
});

describe('what a plan says about its number', () => {
  const rate = (requestRatePerMinute: number): Case => ({ values: { requestRatePerMinute } });
  const saturated = { cpuPercent: 100, requestRatePerMinute: 'unknown' } as const;
  const unknown = because('rate-unknown', { why: 'no datapoints' });
  const least = (from: number) => because('least-addition', { least: 2, from, to: from + 2 });
  const demand = (part: Partial<Facts> = {}) =>
    because('demand', {
      ...{ rate: 2400, factor: 2.4, growth: 0, backlog: 0, demand: 2400 },
      ...{ needed: 9, perTask: 400, utilisation: 0.85 },
      ...part,
    });

  it.each<[string, Case, Reason[]]>([
    ['demand', rate(2400), [demand()]],
    [
      'growth and backlog, each where there is any, and the least that a scale-out adds',
      { ...rate(400), seen: { requestRateSlope: 50, backlog: 40 } },
      [demand({ rate: 400, factor: 0.4, growth: 100, backlog: 40, demand: 540, needed: 3 }), least(3)],
    ],
    [
      'one waiting request, and growth by one a minute',
      { ...rate(2400), seen: { requestRateSlope: 0.5, backlog: 1 } },
      [demand({ growth: 1, backlog: 1, demand: 2402 })],
    ],
    [
      'less than one of either is left out',
      { ...rate(2400), seen: { requestRateSlope: 0.4, backlog: 0.9 } },
      [demand({ demand: 2402 })],
    ],
    [
      'a capacity that was measured',
      { ...rate(2400), seen: { perTaskCapacity: 500 } },
      [because('capacity-measured', { measured: 500, configured: 400 }), demand({ needed: 8, perTask: 500 })],
    ],
    [
      'a start that takes longer than configured, by which growth is foreseen further',
      { ...rate(400), seen: { requestRateSlope: 50, service: view({ startSeconds: 300 }) } },
      [
        because('start-learned', { seconds: 300 }),
        demand({ rate: 400, factor: 0.4, growth: 300, demand: 700, needed: 4 }),
        least(3),
      ],
    ],
    [
      'not one that takes no longer',
      { ...rate(400), seen: { requestRateSlope: 50, service: view({ startSeconds: 30 }) } },
      [demand({ rate: 400, factor: 0.4, growth: 100, demand: 500, needed: 3 }), least(3)],
    ],
    [
      'not one that is 15 % off',
      { ...rate(2400), seen: { perTaskCapacity: 460 } },
      [demand({ needed: 8, perTask: 460 })],
    ],
    [
      'CPU where no rate is known',
      { values: { ...saturated, cpuPercent: 80 }, tasks: many },
      [
        unknown,
        because('cpu-needs', { cpu: 80, running: 10, needed: 12, target: 70, doubled: false }),
        least(10),
      ],
    ],
    [
      'CPU that hides how much is wanted',
      { values: saturated, tasks: { desired: 4, running: 4 } },
      [unknown, because('cpu-needs', { cpu: 100, running: 4, needed: 12, target: 70, doubled: true })],
    ],
    ['not CPU at its target', { values: { ...saturated, cpuPercent: 70 } }, [unknown, least(3)]],
    [
      'a guard that allows one task',
      {
        values: { requestRatePerMinute: 'unknown' },
        change: (_, { capacity }) => Object.assign(capacity, { taskQuota: 1 }),
      },
      [unknown, least(3), because('limited-by', { guard: 'quota', limit: 1 })],
    ],
    [
      'a guard that allows several',
      { ...rate(100_000), tasks: many },
      [
        demand({ rate: 100_000, factor: 100, demand: 100_000, needed: 295 }),
        because('limited-by', { guard: 'growth', limit: 40 }),
        because('limited-by', { guard: 'ceiling', limit: 20 }),
      ],
    ],
  ])('%s', (_, given, reasons) => {
    expect(needed(given).reasons).toEqual(reasons);
  });

  it('is limited by no connections where there is no PgBouncer', () => {
    const change: Case['change'] = (_, one) => {
      Object.assign(poolsOf(one), { heldByOthers: 2000 });
      delete one.pgbouncer;
    };
    expect(needed({ values: { requestRatePerMinute: 100_000 }, change })).toMatchObject({
      tasks: 12,
      limitedBy: 'growth',
    });
  });

  it('names no guard where exactly what is needed is allowed', () => {
    const change: Case['change'] = (_, { capacity }) => Object.assign(capacity, { taskQuota: 9 });
    expect(needed({ ...rate(2400), change })).toEqual({ tasks: 9, reasons: [demand()] });
  });
});

describe('tasks for the traffic of a service at rest', () => {
  it.each<[string, number | 'unknown', number | undefined, number | undefined]>([
    ['at 75 %: 1,200 / 400 / 0.75', 1200, undefined, 4],
    ['a request more', 1201, undefined, 5],
    ['with a measured capacity: 1,200 / 800 / 0.75', 1200, 800, 2],
    ['never none', 0, undefined, 1],
    ['unknown with the rate', 'unknown', undefined, undefined],
  ])('%s', (_, requestRatePerMinute, perTaskCapacity, tasks) => {
    expect(tasksAtRest(assessment({ values: { requestRatePerMinute }, perTaskCapacity }), service)).toBe(
      tasks,
    );
  });

  const worker = (cpu: number | 'unknown', part: Partial<Assessment> = {}) => {
    const seen = assessment({ values: { cpuPercent: cpu }, ...part });
    seen.metrics.requestRatePerMinute = { level: 'none', source: 'CloudWatch' };
    return seen;
  };
  it.each<[string, Assessment, number | undefined]>([
    ['3 tasks at 70 % are at the target', worker(70), 3],
    ['3 tasks at 71 % are above it', worker(71), 4],
    ['9 tasks at 7.7 % do the work of one', worker(7.7, { service: view({ running: 9 }) }), 1],
    ['never none', worker(0), 1],
    ['unknown CPU', worker('unknown'), undefined],
    ['an unknown service', worker(70, { service: throttled }), undefined],
  ])('of a worker, by its CPU: %s', (_, seen, tasks) => {
    expect(tasksAtRest(seen, service)).toBe(tasks);
    expect(trafficDemand(seen, service, production)).toEqual({
      tasks: undefined,
      reasons: [because('no-request-rate')],
    });
  });

  it('is judged by the utilisation where there are very many', () => {
    const traffic = (requestRatePerMinute: number) =>
      trafficDemand(assessment({ values: { requestRatePerMinute } }), service, production).tasks;

    // R = 49: 49 / 0.85 = 57.6 of 49 + 1.2 * 7 = 57.4. R = 100: 117.6 of 112.
    expect([traffic(49 * 400), traffic(100 * 400)]).toEqual([58, 118]);
  });
});

it('says nothing of a CPU that does not speak of the tasks that run now', () => {
  const seen = assessment({ values: { cpuPercent: 95 } });
  const demand = trafficDemand(seen, service, production);
  const codes = (cpuTells: boolean) =>
    neededTasks(
      demand,
      seen,
      view(many),
      service,
      guards(view(many), service, production),
      cpuTells,
    ).reasons.map(({ code }) => code);
  expect(codes(true)).toEqual(['demand', 'cpu-needs']);
  expect(codes(false)).toEqual(['demand', 'least-addition']);
});
