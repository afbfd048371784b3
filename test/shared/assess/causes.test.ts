import { describe, expect, it } from '@jest/globals';
import {
  type Clues,
  deployment,
  type Finding,
  memoryPressure,
  poolExhaustion,
  slowQueries,
  type Traffic,
  trafficSpike,
  upstreamFailure,
} from '../../../shared/assess/causes.ts';
import { healthy, unhealthy, view } from '../../support/builders.ts';
import {
  cluesOf,
  down,
  memoryOf,
  minutesAgo,
  released,
  restarted,
  type Seen,
  series,
  stopped,
} from '../../support/clues.ts';

type Case = [string, Seen, string[], Partial<Traffic>?];
const even: Traffic = { ratio: 1, refused: false, high: false, flat: true };
const high: Partial<Traffic> = { ratio: 1.4, high: true, flat: false };

/** How much each finding weighs for a cause, or against it. */
const weighed =
  (cause: (clues: Clues, traffic: Traffic) => Finding[]) =>
  (_: string, seen: Seen, expected: string[], traffic: Partial<Traffic> = {}) => {
    const found = cause(cluesOf(seen), { ...even, ...traffic });
    expect(found.map(({ weight, reason }) => `${weight} ${reason.code}`)).toEqual(expected);
  };

describe('findings for a traffic spike', () => {
  const killed = stopped('failed health checks', 2, 'killed-by-health-checks');
  it.each<Case>([
    ['an even rate', {}, []],
    ['a rate of which nothing is known', {}, [], { ratio: undefined }],
    ['a high rate at warning', { values: { requestRatePerMinute: 900 } }, ['2 metric-warning']],
    ['half as much again', {}, ['2 traffic-ratio'], { ratio: 1.5 }],
    ['requests that are refused', {}, ['2 traffic-refused'], { refused: true }],
    ['busy CPU with high traffic', { values: { cpuPercent: 70 } }, ['1 cpu-rose'], high],
    ['CPU that is ok with high traffic', {}, ['-1 cpu-not-busy'], high],
    ['unknown CPU with high traffic', { values: { cpuPercent: 'unknown' } }, [], high],
    [
      'tasks too busy to answer, which traffic kills, and tasks that have another reason',
      { values: { cpuPercent: 90 }, stoppedTasks: [stopped('no image'), killed] },
      ['1 cpu-rose', '1 tasks-lost'],
      high,
    ],
    ['the same at even traffic', { values: { cpuPercent: 90 }, stoppedTasks: [killed] }, []],
  ])('%s', weighed(trafficSpike));

  it('tells which errors, and which tasks', () => {
    const clues = cluesOf({ values: { errorRatePercent: 40 }, stoppedTasks: [stopped('no image'), killed] });
    const found = trafficSpike(clues, { ...even, refused: true, high: true });
    expect(found.map(({ reason }) => reason)).toMatchObject([
      { code: 'traffic-refused', errors: 40 },
      { code: 'cpu-not-busy', cpu: 40 },
      { code: 'tasks-lost', kind: 'killed-by-health-checks', count: 2 },
    ]);
  });
});

describe('findings for an exhausted pool', () => {
  it.each<Case>([
    ['both pools ok', {}, ['-3 pools-ok']],
    ['one unknown', { values: { dbPoolPercent: 'unknown' } }, []],
    ['one at warning', { values: { pgbouncerPoolPercent: 80 } }, ['1 metric-warning']],
    ['one critical', { values: { dbPoolPercent: 95 } }, ['3 metric-critical']],
    [
      'clients that wait, though both are ok',
      { values: { pgbouncerWaitMilliseconds: 250 } },
      ['2 metric-critical', '-3 pools-ok'],
    ],
  ])('%s', weighed(poolExhaustion));

  it('tells the use of both', () => {
    const [found] = poolExhaustion(cluesOf({ values: { pgbouncerPoolPercent: 30 } }));
    expect(found?.reason).toMatchObject({ db: 40, pgbouncer: 30 });
  });
});

describe('findings for a slow database', () => {
  const slow = { latencyP99Seconds: 5 };
  const soFar = ['2 metric-critical', '2 requests-wait', '2 traffic-flat'];
  it.each<Case>([
    ['nothing slow', {}, []],
    ['slow at flat traffic', { values: slow }, soFar],
    [
      'slow at high traffic',
      { values: slow },
      ['2 metric-critical', '2 requests-wait', '-3 traffic-high'],
      high,
    ],
    [
      'slow while CPU is busy',
      { values: { ...slow, cpuPercent: 70 } },
      ['2 metric-critical', '2 traffic-flat', '-3 metric-warning'],
    ],
    [
      'slow while CPU is unknown',
      { values: { ...slow, cpuPercent: 'unknown' } },
      ['2 metric-critical', '2 traffic-flat'],
    ],
    [
      'connections that are held',
      { values: { ...slow, dbPoolPercent: 80 } },
      [...soFar, '1 connections-held'],
    ],
    [
      'the database pool run out',
      { values: { ...slow, dbPoolPercent: 95 } },
      [...soFar, '1 connections-held', '-4 pool-ran-out'],
    ],
    [
      "PgBouncer's pool run out",
      { values: { ...slow, pgbouncerPoolPercent: 95 } },
      [...soFar, '-4 pool-ran-out'],
    ],
    [
      'a dependency down, which is what requests wait for',
      { values: slow, health: { api: down('redis'), mcp: healthy } },
      [...soFar, '-3 dependencies-down'],
    ],
    ['no deployment known', { values: slow, service: view() }, soFar],
    ['a restart half an hour ago', { values: slow, service: restarted(30) }, soFar],
    ['a restart just before that', { values: slow, service: restarted(29.9) }, [...soFar, '-1 deployed']],
    ['a restart five minutes ago', { values: slow, service: restarted(5) }, [...soFar, '-1 deployed']],
    ['a restart after that', { values: slow, service: restarted(4.9) }, [...soFar, '-6 deployed']],
  ])('%s', weighed(slowQueries));
});

describe('findings for tasks that run out of memory', () => {
  const killed = [stopped('OutOfMemoryError', 1, 'out-of-memory')];
  const growing = { memoryPercent: series(50, 50.3, 50.6, 50.9) };
  it.each<Case>([
    ['memory that is ok', {}, ['-2 memory-ok']],
    ['memory between ok and high', { memoryPercent: memoryOf(70) }, []],
    ['unknown memory', { memoryPercent: { level: 'unknown', source: 'CloudWatch' } }, []],
    [
      'one task killed, while the others have room',
      { stoppedTasks: killed },
      ['2 tasks-lost', '-2 memory-ok'],
    ],
    [
      'one task killed, and the others are full',
      { stoppedTasks: killed, memoryPercent: memoryOf(70) },
      ['5 tasks-lost'],
    ],
    ['memory that grows at flat traffic', { series: growing }, ['-2 memory-ok', '2 memory-grows']],
    ['memory that grows with the traffic', { series: growing }, ['-2 memory-ok'], high],
  ])('%s', weighed(memoryPressure));
});

describe('findings for a dependency that has failed', () => {
  const silent = { api: { level: 'unknown' as const, detail: 'late', down: [] }, mcp: healthy };
  it.each<Case>([
    ['an API that is well', {}, ['-2 health']],
    ['an API that nobody heard', { health: silent }, []],
    ['an API that fails at flat traffic', { health: { api: unhealthy, mcp: healthy } }, ['2 health']],
    ['an API that fails under a crowd', { health: { api: unhealthy, mcp: healthy } }, [], high],
    ['a dependency down', { health: { api: down('redis'), mcp: healthy } }, ['6 dependencies-down']],
    [
      'one that only the other endpoint names',
      { health: { api: healthy, mcp: down('redis') } },
      ['6 dependencies-down'],
    ],
    [
      'errors at flat traffic',
      { values: { errorRatePercent: 20 } },
      ['1 errors-at-flat-traffic', '-2 health'],
    ],
    ['errors under a crowd', { values: { errorRatePercent: 20 } }, ['-2 health'], high],
    [
      'a deployment that runs',
      { service: view({ rollout: 'in-progress' }) },
      ['-2 deployment-running', '-2 health'],
    ],
    ['a service that cannot be seen', { service: undefined }, ['-2 health']],
  ])('%s', weighed(upstreamFailure));
});

describe('findings for a bad release', () => {
  const failing = { errorRatePercent: series(0, 0, 0, 5, 5, 5), cpuPercent: series(50, 50, 50, 50, 50, 50) };
  const service = released(3);
  const values = { errorRatePercent: 5 };
  const crowd = { ...failing, requestRatePerMinute: series(600, 600, 600, 900, 900, 900) };
  const calm = { ...failing, requestRatePerMinute: series(600, 600, 600, 600, 600, 600) };
  const started = { ...released(5), rollout: 'in-progress' as const };
  it.each<Case>([
    ['no release known', { service: restarted(3), values, series: calm }, []],
    ['a service that cannot be seen', { service: undefined, values, series: calm }, []],
    [
      'errors with it, at the traffic of before',
      { service, values, series: calm },
      ['5 worse-since', '2 metric-critical'],
    ],
    [
      'the same under high traffic',
      { service, values, series: calm },
      ['5 worse-since', '2 metric-critical', '-3 load-explained'],
      high,
    ],
    [
      'a crowd that came with it, while there is room',
      { service, values, series: crowd },
      ['6 fails-with-room'],
      high,
    ],
    [
      'the same, but a full database pool explains it',
      { service, values: { ...values, dbPoolPercent: 80 }, series: crowd },
      ['-3 load-explained'],
      high,
    ],
    [
      "the same, but PgBouncer's full pool does",
      { service, values: { ...values, pgbouncerPoolPercent: 80 }, series: crowd },
      ['-3 load-explained'],
      high,
    ],
    [
      'the same, but a dependency of the API is down',
      { service, values, series: crowd, health: { api: down('redis'), mcp: healthy } },
      ['-3 load-explained'],
      high,
    ],
    [
      'the same, but a dependency of the other endpoint is down',
      { service, values, series: crowd, health: { api: healthy, mcp: down('redis') } },
      ['-3 load-explained'],
      high,
    ],
    ...(['reclaimed', 'out-of-memory', 'ran-and-failed'] as const).map(
      (kind): Case => [
        `the same, but tasks of before were lost: ${kind}`,
        {
          service,
          values,
          series: calm,
          stoppedTasks: [{ ...stopped('gone', 1, kind), taskDefinition: 'buywhere-api:41' }],
        },
        [],
      ],
    ),
    [
      'errors while there is room, but AWS took tasks of its own',
      { service, values, series: crowd, stoppedTasks: [stopped('Spot', 1, 'reclaimed')] },
      ['-3 load-explained'],
      high,
    ],
    ...(['out-of-memory', 'ran-and-failed', 'scaled-in', 'killed-by-health-checks'] as const).map(
      (kind): Case => [
        `the same, and tasks of its own stopped: ${kind}`,
        {
          service,
          values,
          series: calm,
          stoppedTasks: [{ ...stopped('gone', 1, kind), taskDefinition: service.taskDefinition }],
        },
        ['5 worse-since', '2 metric-critical'],
      ],
    ),
    [
      'the same, and a task of before was scaled in',
      {
        service,
        values,
        series: calm,
        stoppedTasks: [{ ...stopped('gone', 1, 'scaled-in'), taskDefinition: 'buywhere-api:41' }],
      },
      ['5 worse-since', '2 metric-critical'],
    ],
    [
      'two starts that failed',
      { service: started, stoppedTasks: [stopped('no image', 2)] },
      ['3 tasks-fail'],
    ],
    ['one start that failed', { service: started, stoppedTasks: [stopped('no image', 1)] }, []],
    [
      'two starts that failed before it',
      { service: started, stoppedTasks: [stopped('no image', 2, 'ran-and-failed', minutesAgo(6))] },
      [],
    ],
    [
      'two tasks that were scaled in',
      { service: started, stoppedTasks: [stopped('scaled in', 2, 'scaled-in')] },
      [],
    ],
    ['two tasks that Spot took', { service: started, stoppedTasks: [stopped('Spot', 2, 'reclaimed')] }, []],
    [
      'two failed starts after it was complete',
      { service: released(5), stoppedTasks: [stopped('no image', 2)] },
      [],
    ],
  ])('%s', weighed(deployment));

  it('says how long ago, and that CPU has room', () => {
    const clues = cluesOf({ service: released(3.4), values, series: crowd });
    const [found] = deployment(clues, { ...even, ...high });
    expect(found?.reason).toMatchObject({ minutes: 3, cpu: 40 });
  });
});
