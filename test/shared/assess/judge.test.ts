import { describe, expect, it } from '@jest/globals';
import { assessmentOf } from '../../../shared/assess/judge.ts';
import type { Health, Observation } from '../../../shared/assess/observe.ts';
import type { SeriesName } from '../../../shared/config/metric-catalogue.ts';
import { parse } from '../../../shared/core/schema.ts';
import { Assessment } from '../../../shared/document/assessment.ts';
import { carefulSlope, type Series, slopePerMinute } from '../../../shared/metrics/series.ts';
import { answered, now, production, registered, secondsLater, view } from '../../support/builders.ts';

/** Points a minute apart, the newest a minute ago. */
const series = (...values: number[]): Series => ({
  source: 'CloudWatch',
  points: values.map((value, i) => ({ at: new Date(secondsLater(60 * (i - values.length))), value })),
});
const missing: Series = { source: 'CloudWatch', unknown: { cause: 'no-points' } };

const seen = (
  metrics: Partial<Record<SeriesName, Series>> = {},
  part: Partial<Observation> = {},
): Observation => ({
  at: new Date(now),
  service: view(),
  stoppedTasks: [],
  autoscaling: registered(),
  health: { api: answered, mcp: answered },
  ...part,
  metrics: {
    cpuPercent: series(40),
    latencyP95Seconds: series(0.3),
    latencyP99Seconds: series(0.5),
    latencyAverageSeconds: series(0.1),
    memoryPercent: series(50),
    requestsPerTarget: series(200),
    healthyTargets: series(3),
    unhealthyTargets: series(0),
    errorRatePercent: series(0.1),
    dbPoolPercent: series(40),
    pgbouncerPoolPercent: series(40),
    pgbouncerWaitMilliseconds: series(5),
    requestRatePerMinute: series(600),
    ...metrics,
  },
});

describe('an assessment', () => {
  it('takes the newest point of each metric, with its time and its level', () => {
    const { metrics } = assessmentOf(seen({ latencyP99Seconds: series(9, 0.2, 2.6) }), production);

    expect(metrics.latencyP99Seconds).toMatchObject({
      level: 'critical',
      value: 2.6,
      source: 'CloudWatch',
      at: secondsLater(-60),
    });
    expect(metrics.cpuPercent.level).toBe('ok');
  });

  it.each<[string, Series]>([
    ['missing', missing],
    ['empty', { source: 'CloudWatch', points: [] }],
    ['NaN', series(Number.NaN)],
    ['negative', series(-1)],
  ])('calls a metric that is %s unknown, without losing the others', (_, cpuPercent) => {
    const { metrics } = assessmentOf(seen({ cpuPercent }), production);

    expect([metrics.cpuPercent.level, metrics.latencyP99Seconds.level]).toEqual(['unknown', 'ok']);
  });

  it('has no level for a metric that the configuration leaves out, and calls one without a source unknown', () => {
    const lacking = (lacks: 'row' | 'source'): Series => ({
      source: 'none',
      unknown: { cause: 'not-configured', lacks },
    });
    const { metrics } = assessmentOf(
      seen({ dbPoolPercent: lacking('row'), cpuPercent: lacking('source') }),
      production,
    );
    expect(metrics.dbPoolPercent).toEqual({ level: 'none', source: 'none' });
    expect(metrics.cpuPercent).toMatchObject({ level: 'unknown', unknown: { lacks: 'source' } });
  });

  it('says why a metric is unknown, and what the other sources say', () => {
    const others = [{ source: 'Prometheus', value: 41 }];
    const unknown = { cause: 'stale', ageSeconds: 400 } as const;
    const silent = { source: '/metrics', unknown };
    const { metrics } = assessmentOf(
      seen({
        cpuPercent: { ...series(40), others: [...others, silent] },
        dbPoolPercent: { source: 'CloudWatch', points: [] },
        latencyP99Seconds: { ...missing, unknown, others },
      }),
      production,
    );
    expect(metrics.cpuPercent).toMatchObject({
      value: 40,
      others: [...others, { source: '/metrics', unknown: { ...unknown, text: expect.any(String) } }],
    });
    expect(metrics.dbPoolPercent).toEqual({
      level: 'unknown',
      source: 'CloudWatch',
      unknown: { cause: 'no-points', text: 'no datapoints' },
    });
    expect(metrics.latencyP99Seconds).toMatchObject({
      level: 'unknown',
      unknown: { ...unknown, text: 'the newest datapoint is 400 s old' },
      others,
    });
  });

  it.each([
    ['latency', { latencyAverageSeconds: { source: 'CloudWatch', points: [] } }],
    ['rate', { requestRatePerMinute: { source: 'CloudWatch', points: [] } }],
  ])('knows of no backlog without a point of the %s', (_, metrics) => {
    expect(assessmentOf(seen(metrics), production)).not.toHaveProperty('backlog');
  });

  it('fits the document of the state machines, whatever is unknown', () => {
    const nothing = seen(Object.fromEntries(Object.keys(seen().metrics).map((name) => [name, missing])), {
      service: { unknown: { cause: 'late', seconds: 10 } },
      autoscaling: { unknown: { cause: 'late', seconds: 10 } },
      stoppedTasks: { unknown: { cause: 'late', seconds: 10 } },
      health: { api: { level: 'critical', down: [], unknown: { cause: 'late' } }, mcp: answered },
    });
    for (const observed of [seen(), nothing]) {
      const made = assessmentOf(observed, production);
      expect(parse(Assessment, JSON.parse(JSON.stringify(made)))).toEqual(made);
    }
  });

  describe('a release that is older than what is read anyway', () => {
    const quarter = (...values: number[]) => series(...values.slice(-15));
    const [fine, failing] = [Array<number>(10).fill(0.1), Array<number>(25).fill(8)];
    const rate = Array.from({ length: 35 }, (_, i) => 600 + (i % 3));
    const release = view({ deployedAt: secondsLater(-1500), releasedAt: secondsLater(-1500) });
    const longer = { ...seen().metrics, errorRatePercent: series(...fine, ...failing) };
    const present = { errorRatePercent: quarter(...failing), requestRatePerMinute: quarter(...rate) };
    const causeOf = (part: Partial<Observation>, change: Parameters<typeof seen>[0] = {}) =>
      assessmentOf(seen({ ...present, ...change }, { service: release, ...part }), production).cause;

    it('is judged by the points of before it', () => {
      expect(causeOf({ longer: { ...longer, requestRatePerMinute: series(...rate) } })).toMatchObject({
        name: 'deployment',
        evidence: expect.arrayContaining([
          expect.objectContaining({ code: 'worse-since', minutes: 25, metrics: ['errorRatePercent'] }),
        ]),
      });
    });

    it('is not, where they are unknown, or the metric itself is unknown now', () => {
      expect(causeOf({}).name).not.toBe('deployment');
      const other = { ...present.errorRatePercent, source: 'Prometheus' };
      const all = { longer: { ...longer, requestRatePerMinute: series(...rate) } };
      expect(causeOf(all, { errorRatePercent: other }).name).not.toBe('deployment');
      expect(causeOf(all, { requestRatePerMinute: missing }).name).not.toBe('deployment');
    });
  });

  it('names the releases that were bad before the present one, and nothing where none was', () => {
    const rate = Array.from({ length: 35 }, (_, i) => 600 + (i % 3));
    const errors = [...Array<number>(10).fill(0.1), ...Array<number>(25).fill(8)];
    const assessed = (errorRatePercent: Series) =>
      assessmentOf(
        seen(
          { errorRatePercent, requestRatePerMinute: series(...rate) },
          {
            service: view({
              deployedAt: secondsLater(-300),
              releasedAt: secondsLater(-300),
              earlierReleases: [
                { taskDefinition: 'buywhere-api:43', at: secondsLater(-1500), until: secondsLater(-300) },
              ],
            }),
          },
        ),
        production,
      );
    expect(assessed(series(...errors)).badReleases).toEqual(['buywhere-api:43']);
    expect(assessed(series(0.1))).not.toHaveProperty('badReleases');
    expect(
      assessmentOf(seen({}, { service: { unknown: { cause: 'late', seconds: 10 } } }), production),
    ).not.toHaveProperty('badReleases');
  });

  it('keeps the requests of the day before where they are known', () => {
    expect(assessmentOf(seen({}, { dayBefore: 812.3456 }), production).requestRateDayBefore).toBe(812.346);
    expect(assessmentOf(seen(), production)).not.toHaveProperty('requestRateDayBefore');
  });

  it('stays small: at most five reasons of stopped tasks', () => {
    const stoppedTasks = Array.from({ length: 50 }, (_, i) => ({
      kind: 'ran-and-failed' as const,
      reason: `reason ${i}`,
      count: 1,
      asked: [],
    }));
    expect(assessmentOf(seen({}, { stoppedTasks }), production).stoppedTasks).toHaveLength(5);
    expect(assessmentOf(seen({}, { stoppedTasks }), production)).not.toHaveProperty('stoppedTasksUnknown');
  });

  it.each<[string, Series, string]>([
    ['the same count five times is frozen', series(600, 600, 600, 600, 600), 'unknown'],
    ['also after it moved', series(900, 600, 600, 600, 600, 600), 'unknown'],
    ['four times may happen', series(900, 600, 600, 600, 600), 'ok'],
    ['a few requests may be the same for long', series(99, 99, 99, 99, 99, 99), 'ok'],
    ['it moves', series(600, 600, 600, 600, 601), 'ok'],
  ])('a request rate: %s', (_, requestRatePerMinute, level) => {
    const { metrics } = assessmentOf(seen({ requestRatePerMinute }), production);
    expect(metrics.requestRatePerMinute.level).toBe(level);
  });

  it("estimates what waits by Little's law: 600 a minute for 3 s are 30 requests", () => {
    expect(assessmentOf(seen({ latencyAverageSeconds: series(3) }), production).backlog).toBe(30);
    expect(assessmentOf(seen({ latencyAverageSeconds: missing }), production)).not.toHaveProperty('backlog');
  });

  it('knows how fast traffic grows', () => {
    expect(
      assessmentOf(seen({ requestRatePerMinute: series(600, 700, 800) }), production).requestRateSlope,
    ).toBe(100);
    expect(assessmentOf(seen(), production)).not.toHaveProperty('requestRateSlope');
  });

  it.each<[string, Series, Series, number | undefined]>([
    ['200 a minute at 40 % are 500 at 100 %', series(200), series(40), 500],
    ['the newest minute counts', series(200, 300), series(40, 50), 600],
    ['saturated CPU tells nothing: the minute before it does', series(200, 900), series(40, 99), 500],
    ['nor does an idle one', series(200, 10), series(40, 29), 500],
    ['the upper limit still tells', series(450), series(90), 500],
    ['the lower one too', series(150), series(30), 500],
    ['no minute tells', series(200, 900), series(20, 95), undefined],
    ['unknown CPU', series(200), missing, undefined],
    ['unknown rate', missing, series(40), undefined],
  ])('measures what a task serves: %s', (_, requestsPerTarget, cpuPercent, capacity) => {
    expect(assessmentOf(seen({ requestsPerTarget, cpuPercent }), production).perTaskCapacity).toBe(capacity);
  });

  it('compares the two metrics of one minute only', () => {
    const earlier: Series = {
      source: 'CloudWatch',
      points: [{ at: new Date(secondsLater(-120)), value: 40 }],
    };
    expect(assessmentOf(seen({ cpuPercent: earlier }), production)).not.toHaveProperty('perTaskCapacity');
  });
});

describe('the careful slope of a series', () => {
  it.each<[string, Series, number | undefined]>([
    ['goes on rising', series(600, 700, 800, 900), 100],
    ['has stopped rising: nothing more is foreseen', series(600, 700, 1200, 1200), 0],
    ['rises faster now: the longer look counts', series(600, 600, 600, 1000), 120],
    ['of one point', series(600), undefined],
  ])('%s', (_, given, expected) => {
    expect(carefulSlope(given)).toBe(expected);
  });
});

describe('the slope of a series, per minute', () => {
  it.each<[string, Series, number | undefined]>([
    ['level', series(600, 600, 600), 0],
    ['rising', series(600, 800), 200],
    ['falling', series(900, 600, 300), -300],
    ['of the four newest points only', series(0, 9000, 600, 700, 800, 900), 100],
    ['noisy: least squares', series(100, 300, 200, 400), 80],
    ['of one point', series(600), undefined],
    ['of no points', { source: 'x', points: [] }, undefined],
    ['of the unknown', missing, undefined],
  ])('%s', (_, given, expected) => {
    expect(slopePerMinute(given)).toBe(expected);
  });

  it('counts a gap as the minutes that it lasted', () => {
    const at = (seconds: number, value: number) => ({ at: new Date(secondsLater(seconds)), value });
    expect(slopePerMinute({ source: 'x', points: [at(0, 600), at(300, 1100)] })).toBe(100);
  });

  it('of two points at the same moment is unknown', () => {
    const at = new Date(now);
    expect(
      slopePerMinute({
        source: 'x',
        points: [
          { at, value: 1 },
          { at, value: 2 },
        ],
      }),
    ).toBeUndefined();
  });
});

describe('what is usual', () => {
  it('is the median of the points that are ten minutes old or older', () => {
    const cpuPercent = series(61, 64, 63, 65, 99, ...Array.from({ length: 9 }, () => 90));
    expect(assessmentOf(seen({ cpuPercent }), production).usual).toEqual({ cpuPercent: 64 });
  });

  it('is known of three such points, the newest of them just ten minutes old', () => {
    const cpuPercent = series(61, 64, 63, ...Array.from({ length: 9 }, () => 90));
    expect(assessmentOf(seen({ cpuPercent }), production).usual).toEqual({ cpuPercent: 63 });
  });

  it('is not known of fewer than three such points', () => {
    const cpuPercent = series(61, 64, ...Array.from({ length: 9 }, () => 90));
    expect(assessmentOf(seen({ cpuPercent }), production).usual).toEqual({});
  });
});

describe('a health endpoint that cannot be reached', () => {
  const silent: Health = { level: 'unknown', unknown: { cause: 'late' }, down: [] };
  const levels = (errorRate: number) => {
    const health = { api: silent, mcp: silent };
    const made = assessmentOf(seen({ errorRatePercent: series(errorRate) }, { health }), production).health;
    return [made.api.level, made.mcp.level];
  };

  it('is unknown', () => {
    expect(levels(0.1)).toEqual(['unknown', 'unknown']);
  });

  it('is not critical where it answers well, whatever the errors are', () => {
    const made = assessmentOf(seen({ errorRatePercent: series(5) }), production).health;
    expect([made.api.level, made.mcp.level]).toEqual(['ok', 'ok']);
  });

  it("is critical only for the API, and only where the load balancer's own numbers agree", () => {
    expect(levels(5)).toEqual(['critical', 'unknown']);
  });
});
