import { describe, expect, it } from '@jest/globals';
import type { Assessment, MetricView } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { because } from '../../../shared/format/reasons.ts';
import { healthy, metrics, secondsLater } from '../../support/builders.ts';
import { causeOf, down, memoryOf, restarted, type Seen, series, stopped } from '../../support/clues.ts';

const waiting = { pgbouncerWaitMilliseconds: 250 };
const doubled = series(600, 600, 600, 600, 600, 1200);
const nameOf = (part: Seen) => causeOf(part).name;
const sureness = (part: Seen) => {
  const { name, confidence } = causeOf(part);
  return `${name}, ${confidence}`;
};

describe('how sure it is', () => {
  it.each<[string, string, Seen]>([
    ['slow-queries, high', 'nothing else speaks', { values: { latencyP99Seconds: 5 } }],
    [
      'slow-queries, high',
      'a deployment came half an hour before it',
      { values: { latencyP99Seconds: 5 }, service: restarted(30) },
    ],
    [
      'unclear, low',
      'the newest points may speak of the tasks before a restart',
      { values: { latencyP99Seconds: 5 }, service: restarted(4.9) },
    ],
    [
      'slow-queries, medium',
      'a little slow, and clients wait for a pool of unknown use',
      { values: { latencyP95Seconds: 1.5, ...waiting, pgbouncerPoolPercent: 'unknown' } },
    ],
    [
      'slow-queries, high',
      'very slow, and clients wait for a pool of unknown use',
      { values: { latencyP99Seconds: 5, ...waiting, dbPoolPercent: 'unknown' } },
    ],
    [
      'slow-queries, high',
      'a little slow, and clients wait, but both pools are ok',
      { values: { latencyP95Seconds: 1.5, ...waiting } },
    ],
    [
      'pool-exhaustion, medium',
      'the pool explains the slowness',
      { values: { latencyP99Seconds: 5, dbPoolPercent: 95, ...waiting } },
    ],
    [
      'traffic-spike, medium',
      'cheap requests that are slow',
      {
        values: { requestRatePerMinute: 1200, latencyP99Seconds: 5 },
        series: { requestRatePerMinute: doubled },
      },
    ],
    [
      'traffic-spike, high',
      'busy CPU explains the slowness',
      {
        values: { requestRatePerMinute: 1200, latencyP99Seconds: 5, cpuPercent: 90 },
        series: { requestRatePerMinute: doubled },
      },
    ],
    [
      'upstream-failure, high',
      'dependencies are down, and everything is slow',
      { values: { latencyP95Seconds: 1.5, cpuPercent: 70 }, health: { api: down('redis'), mcp: healthy } },
    ],
    [
      'upstream-failure, high',
      'dependencies are down, and everything waits for them',
      { values: { latencyP95Seconds: 1.5 }, health: { api: down('redis'), mcp: healthy } },
    ],
  ])('%s: %s', (expected, _, part) => {
    expect(sureness(part)).toBe(expected);
  });
});

/** Requests as on a quiet day, measured so much later than the rest. */
function rateOf(seconds: number | undefined): MetricView {
  const rate = metrics().requestRatePerMinute;
  return { ...rate, at: seconds === undefined ? undefined : secondsLater(seconds) };
}
/** Latency a minute newer than the rest. */
const later = (level: MetricView['level']): MetricView => ({
  level,
  value: 1.5,
  source: 'CloudWatch',
  at: secondsLater(60),
});

describe('the bounds of what counts', () => {
  const slow = { latencyP99Seconds: 5 };

  it.each([
    ['traffic 1.5 times as high is a spike', [600, 600, 600, 600, 600, 900], 'traffic-spike'],
    ['less is not', [600, 600, 600, 600, 600, 899], 'unclear'],
    [
      'the median of the oldest five points counts',
      [600, 590, 100, 610, 2000, 900, 900, 900],
      'traffic-spike',
    ],
    ['one that is lowest in the middle is not', [900, 900, 100, 900, 900, 900], 'unclear'],
    ['five points say nothing of before', [600, 600, 600, 600, 900], 'unclear'],
    ['nor do points of zero', [0, 0, 0, 0, 0, 900], 'unclear'],
  ])('%s', (_, points, name) => {
    expect(nameOf({ values: { cpuPercent: 70 }, series: { requestRatePerMinute: series(...points) } })).toBe(
      name,
    );
  });

  it.each([
    [779, true],
    [780, false],
  ])('traffic that went from 600 to %d is flat: %s', (newest, flat) => {
    const { evidence } = causeOf({
      values: slow,
      series: { requestRatePerMinute: series(600, 600, 600, 600, 600, newest) },
    });
    expect(evidence.some(({ code }) => code === 'traffic-flat')).toBe(flat);
  });

  it.each(['unknown', 900] as const)('traffic of %s is not flat', (requestRatePerMinute) => {
    const values = { errorRatePercent: 20, requestRatePerMinute };
    const part = { values, health: { api: down('redis'), mcp: healthy } };
    expect(causeOf(part).evidence).toEqual([because('dependencies-down', { down: ['redis'] })]);
  });

  it.each([
    [449, false],
    [450, false],
    [451, true],
  ])('traffic that fell from 600 to %d is flat: %s', (newest, flat) => {
    const seen = { requestRatePerMinute: series(600, 600, 600, 600, 600, newest) };
    const { evidence } = causeOf({ values: slow, series: seen });
    expect(evidence.some(({ code }) => code === 'traffic-flat')).toBe(flat);
  });

  it.each([
    [4.9, 'unclear'],
    [5, 'slow-queries'],
  ])('slow %d min after a restart: %s', (minutes, name) => {
    expect(nameOf({ values: slow, service: restarted(minutes) })).toBe(name);
  });

  it.each([
    [1, 69.9, 'unclear'],
    [1, 70, 'memory-pressure'],
    [2, 70, 'memory-pressure'],
  ])('%d tasks killed for memory, and %d %% used: %s', (count, used, name) => {
    const killed = [stopped('OutOfMemoryError', count, 'out-of-memory')];
    expect(nameOf({ stoppedTasks: killed, memoryPercent: memoryOf(used) })).toBe(name);
  });

  it.each([
    [21, 'unclear'],
    [22, 'traffic-spike'],
  ])('1.15 times the traffic, and %d %% are refused while tasks fail health checks: %s', (errors, name) => {
    const killed = [stopped('failed health checks', 1, 'killed-by-health-checks')];
    const seen = { requestRatePerMinute: series(600, 600, 600, 600, 600, 705) };
    const values = { cpuPercent: 90, errorRatePercent: errors };
    expect(nameOf({ values, stoppedTasks: killed, series: seen })).toBe(name);
    expect(nameOf({ values, series: seen })).toBe('unclear');
    expect(nameOf({ values, series: seen, stoppedTasks: [stopped('no image')] })).toBe('unclear');
  });

  it('traffic that is refused is not flat: errors do not speak against a dependency then', () => {
    const part = {
      values: { errorRatePercent: 22 },
      series: { requestRatePerMinute: series(600, 600, 600, 600, 600, 705) },
      health: { api: down('redis'), mcp: healthy },
    };
    const killed = [stopped('failed health checks', 1, 'killed-by-health-checks')];
    const codes = (seen: Seen) => causeOf(seen).evidence.map(({ code }) => code);
    expect(codes({ ...part, stoppedTasks: killed })).toEqual(['dependencies-down']);
    expect(codes(part)).toEqual(['dependencies-down', 'errors-at-flat-traffic']);
  });

  it('a critical rate is high, whatever it was before', () => {
    const { evidence } = causeOf({ values: { requestRatePerMinute: 1200, cpuPercent: 90 } });
    expect(evidence.map(({ code }) => code)).toEqual(['metric-critical', 'cpu-rose']);
  });

  it.each<[string, Partial<Assessment['metrics']>, boolean]>([
    ['of the minute before', { requestRatePerMinute: rateOf(-60) }, false],
    ['of less than a minute before', { requestRatePerMinute: rateOf(-59) }, true],
    ['of no known time', { requestRatePerMinute: rateOf(undefined) }, false],
    ['that a metric at warning is ahead of', { latencyP95Seconds: later('warning') }, false],
    ['that a critical metric is ahead of', { latencyP95Seconds: later('critical') }, false],
    ['that a metric which is ok is ahead of', { latencyP95Seconds: later('ok') }, true],
    [
      'beside a bad metric of no known time',
      { latencyP95Seconds: { ...later('warning'), at: undefined } },
      true,
    ],
  ])('a rate %s says that traffic is flat, or not', (_, part, flat) => {
    const { evidence } = causeOf({ metrics: { ...metrics(slow), ...part } });
    expect(evidence.some(({ code }) => code === 'traffic-flat')).toBe(flat);
  });

  const grows = because('memory-grows', { percentPerMinute: 1 });
  it.each<[number, Reason[]]>([
    [75, []],
    [75.1, [because('memory-high', { value: 75.1 }), grows]],
    [90, [because('memory-high', { value: 90 }), grows]],
    [90.1, [because('memory-nearly-used-up', { value: 90.1 }), grows]],
  ])('growing memory of %d %%', (value, evidence) => {
    const part = { memoryPercent: memoryOf(value), series: { memoryPercent: series(1, 2, 3, 4) } };
    expect(causeOf(part).evidence).toEqual(evidence);
  });

  it('memory counts as ok below 70 %', () => {
    const killed = [stopped('OutOfMemoryError', 2, 'out-of-memory')];
    const against = (value: number) =>
      causeOf({ stoppedTasks: killed, memoryPercent: memoryOf(value) }).against;
    expect([against(69.9), against(70)]).toEqual([[because('memory-ok', { value: 69.9 })], []]);
  });
});
