import { describe, expect, it } from '@jest/globals';
import type { MetricName } from '../../../shared/config/metric-catalogue.ts';
import { because } from '../../../shared/format/reasons.ts';
import { lostTasks } from '../../../shared/plan/failed-starts.ts';
import { allUnknown, healthy, unhealthy, view } from '../../support/builders.ts';
import {
  causeOf,
  down,
  memoryOf,
  minutesAgo,
  released,
  restarted,
  type Seen,
  series,
  stopped,
} from '../../support/clues.ts';

const critical = (metric: MetricName, value: number) => because('metric-critical', { metric, value });
const warning = (metric: MetricName, value: number) => because('metric-warning', { metric, value });

describe('each cause of the runbook, with its evidence', () => {
  it('a traffic spike: more requests than before, and CPU goes with them', () => {
    const rising = series(600, 590, 610, 900, 600, 1200);
    expect(
      causeOf({
        values: { requestRatePerMinute: 1200, cpuPercent: 90 },
        series: { requestRatePerMinute: rising },
      }),
    ).toEqual({
      name: 'traffic-spike',
      confidence: 'high',
      evidence: [
        critical('requestRatePerMinute', 1200),
        because('traffic-ratio', { ratio: 2, rate: 1200 }),
        because('cpu-rose', { cpu: 90 }),
      ],
      against: [],
    });
  });

  it('a traffic spike at warning, whose requests are cheap', () => {
    const rising = series(600, 600, 600, 600, 600, 900);
    expect(
      causeOf({ values: { requestRatePerMinute: 900 }, series: { requestRatePerMinute: rising } }),
    ).toEqual({
      name: 'traffic-spike',
      confidence: 'medium',
      evidence: [warning('requestRatePerMinute', 900), because('traffic-ratio', { ratio: 1.5, rate: 900 })],
      against: [because('cpu-not-busy', { cpu: 40 })],
    });
  });

  it('an exhausted pool', () => {
    const values = { dbPoolPercent: 95, pgbouncerPoolPercent: 90, pgbouncerWaitMilliseconds: 250 };
    expect(causeOf({ values })).toEqual({
      name: 'pool-exhaustion',
      confidence: 'high',
      evidence: [
        critical('dbPoolPercent', 95),
        critical('pgbouncerPoolPercent', 90),
        critical('pgbouncerWaitMilliseconds', 250),
      ],
      against: [],
    });
  });

  it('a pool that is nearly exhausted, with clients that wait', () => {
    const values = { dbPoolPercent: 80, pgbouncerPoolPercent: 80, pgbouncerWaitMilliseconds: 250 };
    expect(causeOf({ values })).toMatchObject({
      name: 'pool-exhaustion',
      evidence: [
        warning('dbPoolPercent', 80),
        warning('pgbouncerPoolPercent', 80),
        critical('pgbouncerWaitMilliseconds', 250),
      ],
    });
  });

  it('slow queries: slow at flat traffic while CPU waits', () => {
    const values = { latencyP99Seconds: 5, dbPoolPercent: 80 };
    expect(causeOf({ values, service: restarted(29) })).toMatchObject({
      name: 'slow-queries',
      evidence: [
        critical('latencyP99Seconds', 5),
        because('requests-wait', { cpu: 40 }),
        because('traffic-flat'),
        because('connections-held', { pool: 80 }),
      ],
      against: [because('deployed', { minutes: 29 })],
    });
  });

  it.each([
    [{ latencyP95Seconds: 1.5 }, because('latency-slow', { p95: 1.5, p99: 0.5 })],
    [{ latencyP99Seconds: 2 }, because('latency-slow', { p95: 0.3, p99: 2 })],
  ])('slow queries below the critical P99: %j', (values, slow) => {
    expect(causeOf({ values })).toEqual({
      name: 'slow-queries',
      confidence: 'high',
      evidence: [slow, because('requests-wait', { cpu: 40 }), because('traffic-flat')],
      against: [],
    });
  });

  it('memory pressure: tasks that ran out of memory', () => {
    const killed = stopped('OutOfMemoryError: container killed', 3, 'out-of-memory');
    expect(causeOf({ stoppedTasks: [stopped('no image'), killed] })).toEqual({
      name: 'memory-pressure',
      confidence: 'medium',
      evidence: lostTasks({ stoppedTasks: [killed] }),
      against: [because('memory-ok', { value: 50 })],
    });
  });

  it('memory pressure: memory grows while traffic does not', () => {
    expect(
      causeOf({ memoryPercent: memoryOf(92), series: { memoryPercent: series(89.9, 90.2, 90.5, 90.8) } }),
    ).toEqual({
      name: 'memory-pressure',
      confidence: 'high',
      evidence: [
        because('memory-nearly-used-up', { value: 92 }),
        because('memory-grows', { percentPerMinute: 0.3 }),
      ],
      against: [],
    });
    expect(
      causeOf({ memoryPercent: memoryOf(80), series: { memoryPercent: series(77, 78, 79, 80) } }).evidence,
    ).toEqual([because('memory-high', { value: 80 }), because('memory-grows', { percentPerMinute: 1 })]);
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
      evidence: [
        because('dependencies-down', { down: ['redis', 'database'] }),
        because('errors-at-flat-traffic', { value: 20 }),
      ],
      against: [because('deployment-running')],
    });
  });

  it('an upstream failure that only the silence of the API tells', () => {
    expect(causeOf({ values: { errorRatePercent: 20 }, health: { api: unhealthy, mcp: healthy } })).toEqual({
      name: 'upstream-failure',
      confidence: 'medium',
      evidence: [
        because('health', { endpoint: 'api', level: 'critical', detail: '503 in 9 ms' }),
        because('errors-at-flat-traffic', { value: 20 }),
      ],
      against: [],
    });
  });

  it('a deployment that has failed', () => {
    const service = { ...released(9.6), rollout: 'failed' as const };
    expect(causeOf({ service, values: { errorRatePercent: 0.7 } })).toEqual({
      name: 'deployment',
      confidence: 'high',
      evidence: [because('rollout-failed')],
      against: [],
    });
  });

  it('a deployment with which errors came', () => {
    const values = { errorRatePercent: 5, latencyP99Seconds: 5 };
    const errors = series(0, 0, 0, 5, 5, 5);
    const seen = { errorRatePercent: errors, requestRatePerMinute: series(600, 610, 600, 590, 600, 610) };
    expect(causeOf({ service: released(3), values, series: seen })).toEqual({
      name: 'deployment',
      confidence: 'high',
      evidence: [
        because('worse-since', { minutes: 3, metrics: ['errorRatePercent'] }),
        critical('errorRatePercent', 5),
      ],
      against: [],
    });
  });

  it('a deployment whose tasks fail, and not under high traffic', () => {
    const service = { ...released(5), rollout: 'in-progress' as const };
    const stoppedTasks = [
      stopped('no image', 3),
      stopped('exit code: 1'),
      stopped('Spot', 1, 'reclaimed'),
      stopped('older', 2, 'ran-and-failed', minutesAgo(6)),
    ];
    expect(causeOf({ service, stoppedTasks })).toEqual({
      name: 'deployment',
      confidence: 'medium',
      evidence: [because('tasks-fail', { stopped: 4 })],
      against: [],
    });
    const values = { requestRatePerMinute: 900, errorRatePercent: 20 };
    expect(causeOf({ service, stoppedTasks, values }).name).not.toBe('deployment');
  });
});

const unknown = (metric: MetricName) => because('metric-unknown', { metric, why: 'no datapoints' });

describe('where nothing says enough', () => {
  it('the cause is unclear', () => {
    expect(causeOf({})).toEqual({ name: 'unclear', confidence: 'low', evidence: [], against: [] });
  });

  it('what could not be measured is named', () => {
    const { name, evidence } = causeOf({ values: { ...allUnknown, cpuPercent: 40, errorRatePercent: 0 } });
    expect(name).toBe('unclear');
    expect(evidence).toEqual([
      unknown('latencyP95Seconds'),
      unknown('latencyP99Seconds'),
      unknown('dbPoolPercent'),
      unknown('pgbouncerPoolPercent'),
      unknown('pgbouncerWaitMilliseconds'),
      unknown('requestRatePerMinute'),
    ]);
  });

  it.each<[string, Seen]>([
    ['the service', { service: undefined }],
    [
      'the requests',
      { series: { requestRatePerMinute: { unknown: { cause: 'no-points' }, source: 'CloudWatch' } } },
    ],
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
    [
      'high memory that does not grow',
      { memoryPercent: memoryOf(80), series: { memoryPercent: series(80, 80, 80) } },
    ],
    ['a calm release', { service: released(5) }],
    ['a restart', { service: restarted(5), values: { errorRatePercent: 20 } }],
  ])('%s is not enough', (_, part) => {
    expect(causeOf(part).name).toBe('unclear');
  });
});
