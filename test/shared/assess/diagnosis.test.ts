import { describe, expect, it } from '@jest/globals';
import { allUnknown, healthy, unhealthy, view } from '../../support/builders.ts';
import {
  causeOf,
  deployed,
  down,
  memoryOf,
  minutesAgo,
  type Seen,
  series,
  stopped,
} from '../../support/clues.ts';

describe('each cause of the runbook, with its evidence', () => {
  it('a traffic spike: more requests than before, and CPU goes with them', () => {
    const rising = series(600, 590, 610, 900, 600, 1200);
    expect(causeOf({ values: { requestRatePerMinute: 1200, cpuPercent: 90 }, requests: rising })).toEqual({
      name: 'traffic-spike',
      confidence: 'high',
      evidence: [
        'request rate 1200/min is critical',
        'traffic is 2.0× what it was ten minutes ago',
        'CPU 90 % goes with it',
      ],
      against: [],
    });
  });

  it('a traffic spike at warning, whose requests are cheap', () => {
    const rising = series(600, 600, 600, 600, 600, 900);
    expect(causeOf({ values: { requestRatePerMinute: 900 }, requests: rising })).toEqual({
      name: 'traffic-spike',
      confidence: 'medium',
      evidence: ['request rate 900/min is at warning', 'traffic is 1.5× what it was ten minutes ago'],
      against: ['CPU 40 % is ok: the requests are cheap, or wait for something else'],
    });
  });

  it('an exhausted pool', () => {
    const values = { dbPoolPercent: 95, pgbouncerPoolPercent: 90, pgbouncerWaitMilliseconds: 250 };
    expect(causeOf({ values })).toEqual({
      name: 'pool-exhaustion',
      confidence: 'high',
      evidence: [
        'DB pool 95 % is critical',
        'PgBouncer pool 90 % is critical',
        'clients wait 250 ms for PgBouncer',
      ],
      against: [],
    });
  });

  it('a pool that is nearly exhausted, with clients that wait', () => {
    const values = { dbPoolPercent: 80, pgbouncerPoolPercent: 80, pgbouncerWaitMilliseconds: 250 };
    expect(causeOf({ values })).toMatchObject({
      name: 'pool-exhaustion',
      evidence: [
        'DB pool 80 % is at warning',
        'PgBouncer pool 80 % is at warning',
        'clients wait 250 ms for PgBouncer',
      ],
    });
  });

  it('slow queries: slow at flat traffic while CPU waits', () => {
    const values = { latencyP99Seconds: 5, dbPoolPercent: 80 };
    expect(causeOf({ values, service: deployed(29) })).toMatchObject({
      name: 'slow-queries',
      evidence: [
        'P99 5 s is critical',
        'CPU 40 % is ok: requests wait, they do not compute',
        'traffic is flat',
        'connections are held longer: DB pool 80 %',
      ],
      against: ['deployed 29 min ago'],
    });
  });

  it.each([
    [{ latencyP95Seconds: 1.5 }, 'P95 1.5 s, P99 0.5 s are slow'],
    [{ latencyP99Seconds: 2 }, 'P95 0.3 s, P99 2 s are slow'],
  ])('slow queries below the critical P99: %j', (values, text) => {
    expect(causeOf({ values })).toEqual({
      name: 'slow-queries',
      confidence: 'high',
      evidence: [text, 'CPU 40 % is ok: requests wait, they do not compute', 'traffic is flat'],
      against: [],
    });
  });

  it('memory pressure: tasks that ran out of memory', () => {
    const killed = stopped('OutOfMemoryError: container killed', 3, 'out-of-memory');
    expect(causeOf({ stoppedTasks: [stopped('no image'), killed] })).toEqual({
      name: 'memory-pressure',
      confidence: 'medium',
      evidence: ['3 × OutOfMemoryError: container killed'],
      against: ['memory 50 % is ok'],
    });
  });

  it('memory pressure: memory grows while traffic does not', () => {
    expect(causeOf({ memoryPercent: memoryOf(92), memory: series(89.9, 90.2, 90.5, 90.8) })).toEqual({
      name: 'memory-pressure',
      confidence: 'high',
      evidence: ['memory 92 % is nearly used up', 'memory grows by 0.3 % per minute at flat traffic'],
      against: [],
    });
    expect(causeOf({ memoryPercent: memoryOf(80), memory: series(77, 78, 79, 80) }).evidence).toEqual([
      'memory 80 % is high',
      'memory grows by 1.0 % per minute at flat traffic',
    ]);
  });

  it('an upstream failure that the API itself tells', () => {
    expect(
      causeOf({
        values: { errorRatePercent: 20 },
        health: { api: down('redis', 'database'), mcp: down('redis') },
        service: view({ rollout: 'in-progress' }),
      }),
    ).toEqual({
      name: 'upstream-failure',
      confidence: 'high',
      evidence: ["the API's own health check says redis, database down", 'errors 20 % at flat traffic'],
      against: ['a deployment is running'],
    });
  });

  it('an upstream failure that only the silence of the API tells', () => {
    expect(causeOf({ values: { errorRatePercent: 20 }, health: { api: unhealthy, mcp: healthy } })).toEqual({
      name: 'upstream-failure',
      confidence: 'medium',
      evidence: ['API health: 503 in 9 ms', 'errors 20 % at flat traffic'],
      against: [],
    });
  });

  it('a deployment that has failed', () => {
    const service = view({ rollout: 'failed', deployedAt: minutesAgo(9.6) });
    expect(causeOf({ service, values: { errorRatePercent: 0.7 } })).toEqual({
      name: 'deployment',
      confidence: 'high',
      evidence: [
        'its rollout has failed',
        'deployed 10 min ago',
        'it got worse at flat traffic since',
        'errors 0.7 % are warning',
      ],
      against: [],
    });
  });

  it('a deployment that is running, under high traffic', () => {
    const service = view({ rollout: 'in-progress', failedTasks: 2, deployedAt: minutesAgo(5) });
    const stoppedTasks = [stopped('no image', 3), stopped('exit code: 1')];
    const values = { requestRatePerMinute: 900, errorRatePercent: 20 };
    expect(causeOf({ service, stoppedTasks, values })).toEqual({
      name: 'deployment',
      confidence: 'medium',
      evidence: [
        'a deployment is running, and tasks fail: 2 of its own, 4 stopped in the last quarter of an hour',
        'deployed 5 min ago',
        'errors 20 % are critical',
      ],
      against: ['traffic is high, which explains the load without it'],
    });
  });
});

describe('where nothing says enough', () => {
  it('the cause is unclear', () => {
    expect(causeOf({})).toEqual({ name: 'unclear', confidence: 'low', evidence: [], against: [] });
  });

  it('what could not be measured is named', () => {
    const { name, evidence } = causeOf({ values: { ...allUnknown, cpuPercent: 40, errorRatePercent: 0 } });
    expect(name).toBe('unclear');
    expect(evidence).toEqual([
      'latencyP95Seconds is unknown: no datapoints',
      'latencyP99Seconds is unknown: no datapoints',
      'dbPoolPercent is unknown: no datapoints',
      'pgbouncerPoolPercent is unknown: no datapoints',
      'pgbouncerWaitMilliseconds is unknown: no datapoints',
      'requestRatePerMinute is unknown: no datapoints',
    ]);
  });

  it.each<[string, Seen]>([
    ['the service', { service: undefined }],
    ['the requests', { requests: { unknown: { cause: 'no-points' }, source: 'CloudWatch' } }],
    ['memory', { memoryPercent: { level: 'unknown', source: 'CloudWatch' } }],
  ])('it does not matter that %s cannot be seen', (_, part) => {
    expect(causeOf(part).name).toBe('unclear');
  });

  it.each<[string, Seen]>([
    ['traffic at warning', { values: { requestRatePerMinute: 900 } }],
    ['both pools at warning', { values: { dbPoolPercent: 80, pgbouncerPoolPercent: 80 } }],
    [
      'waiting clients alone',
      { values: { pgbouncerWaitMilliseconds: 250, pgbouncerPoolPercent: 'unknown' } },
    ],
    ['errors alone', { values: { errorRatePercent: 20 } }],
    ['high memory that does not grow', { memoryPercent: memoryOf(80), memory: series(80, 80, 80) }],
    ['a calm deployment', { service: deployed(5) }],
  ])('%s is not enough', (_, part) => {
    expect(causeOf(part).name).toBe('unclear');
  });
});
