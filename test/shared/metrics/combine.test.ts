import { describe, expect, it } from '@jest/globals';
import { sourceLabels } from '../../../shared/config/metric-sources.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';
import { combine } from '../../../shared/metrics/combine.ts';
import type { Series } from '../../../shared/metrics/series.ts';
import { levelOf } from '../../../shared/metrics/thresholds.ts';
import { production } from '../../support/builders.ts';

const now = new Date('2026-10-02T17:10:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const limit = production.thresholds.latencyP99Seconds;
const { cloudwatch, prometheus, scrape } = sourceLabels;

/** A series of one value, that many minutes old. */
const said = (source: string, value: number, minutes = 2): Series => ({
  source,
  points: [{ at: minutesAgo(minutes), value }],
});
const silent = (source: string, unknown: Unknown = { cause: 'no-points' }): Series => ({ source, unknown });
const combined = (...readings: Series[]) =>
  combine(readings, { now, planning: production.planning, level: (value) => levelOf(value, limit) });
const value = (series: Series) => ('points' in series ? series.points.at(-1)?.value : undefined);

describe('two sources of one metric', () => {
  it('the first known value counts, and the other one is kept beside it', () => {
    const series = combined(said(cloudwatch, 3), said(prometheus, 4));
    expect([series.source, value(series)]).toEqual(['CloudWatch', 3]);
    expect(series.others).toEqual([{ source: 'Prometheus', value: 4 }]);
  });

  it('the second one counts where the first is unknown', () => {
    const series = combined(silent(cloudwatch, { cause: 'stale', ageSeconds: 400 }), said(prometheus, 4));
    expect([series.source, value(series)]).toEqual(['Prometheus', 4]);
    expect(series.others).toEqual([{ source: 'CloudWatch', unknown: { cause: 'stale', ageSeconds: 400 } }]);
  });

  it('where both are unknown the metric is, with both causes', () => {
    const stale = { cause: 'stale', ageSeconds: 400 } as const;
    expect(combined(silent(cloudwatch, stale), silent(prometheus))).toMatchObject({
      unknown: {
        cause: 'every-source',
        sources: [
          { source: 'CloudWatch', unknown: stale },
          { source: 'Prometheus', unknown: { cause: 'no-points' } },
        ],
      },
    });
  });

  it('a source that lags behind its usual delay gives way to one that does not', () => {
    const series = combined(said(cloudwatch, 0.5, 5), said(prometheus, 4, 1));
    expect([series.source, value(series)]).toEqual(['Prometheus', 4]);
    expect(series.others).toEqual([{ source: 'CloudWatch', value: 0.5, ageSeconds: 300 }]);
  });

  it('a source lags when its newest minute is older than its delay and a minute explain', () => {
    const atSeconds = (seconds: number) =>
      combined(said(cloudwatch, 0.5, seconds / 60), said(prometheus, 4, 1)).source;
    expect(atSeconds(120 + production.planning.metricDelaySeconds + 60)).toBe('CloudWatch');
    expect(atSeconds(121 + production.planning.metricDelaySeconds + 60)).toBe('Prometheus');
  });

  it('names both where both are unknown', () => {
    expect(combined(silent(cloudwatch), silent(prometheus)).source).toBe('CloudWatch, Prometheus');
  });

  it('says nothing of others where there is one source, or none', () => {
    const only = said(cloudwatch, 3);
    expect(combined(only)).toBe(only);
    expect(combined()).toEqual({
      unknown: { cause: 'not-configured', lacks: 'row' },
      source: 'none',
    });
  });

  it('a lagging one still counts where nothing better is known', () => {
    expect(value(combined(said(cloudwatch, 0.5, 5), silent(prometheus)))).toBe(0.5);
  });
});

describe('a contradiction', () => {
  it.each([
    ['more than twice apart and another level', 0.5, 2.6, true],
    ['more than twice apart, but both critical', 3, 9, false],
    ['another level, but exactly twice apart', 2.6, 1.3, false],
    ['another level, but close', 2.4, 2.6, false],
    ['nothing against a spike', 0, 4, true],
    ['a spike against little', 4, 0.5, true],
  ])('%s: %d against %d', (_, first, second, contradicts) => {
    const series = combined(said(cloudwatch, first), said(prometheus, second));
    expect('unknown' in series).toBe(contradicts);
    if ('unknown' in series) {
      expect(series.unknown).toEqual({
        cause: 'contradicted',
        at: '2026-10-02T17:08:00.000Z',
        source: 'CloudWatch',
        value: first,
        otherSource: 'Prometheus',
        otherValue: second,
      });
    }
  });

  it('is one of the same minute only: during a spike each minute differs from the last', () => {
    expect(value(combined(said(cloudwatch, 0.5, 2), said(prometheus, 9, 1)))).toBe(0.5);
  });

  it('is one of the newest minute that both know', () => {
    const longer: Series = {
      source: cloudwatch,
      points: [
        { at: minutesAgo(3), value: 0.5 },
        { at: minutesAgo(2), value: 0.5 },
      ],
    };
    expect(combined(longer, said(prometheus, 4, 3))).toMatchObject({
      unknown: { cause: 'contradicted', at: minutesAgo(3).toISOString() },
    });
  });

  it('a source without points contradicts nothing, and says that it has none', () => {
    const series = combined(said(cloudwatch, 3), { source: prometheus, points: [] });
    expect(series).toMatchObject({
      points: [{ value: 3 }],
      others: [{ source: 'Prometheus', unknown: { cause: 'no-points' } }],
    });
  });

  it('a scrape sees one task, so it neither contradicts nor confirms', () => {
    expect(value(combined(said(prometheus, 0.5), said(scrape, 9)))).toBe(0.5);
  });
});

describe('a lower bound', () => {
  const bound = (source: string, value: number, minutes = 2): Series => ({
    source,
    points: [{ at: minutesAgo(minutes), value, atLeast: true }],
  });

  it.each([1, 2])('of %s s is unknown where nothing else is known, whatever level it would have', (least) => {
    const unknown = { cause: 'lower-bound', value: least };
    expect(combined(bound(prometheus, least))).toMatchObject({ unknown });
    expect(combined(silent(cloudwatch), bound(prometheus, least))).toMatchObject({ unknown });
  });

  it('is unknown where the metric has no levels', () => {
    const without = combine([bound(prometheus, 10)], { now, planning: production.planning });
    expect(without).toMatchObject({ unknown: { cause: 'lower-bound', value: 10 } });
  });

  it('that is critical is critical', () => {
    expect(value(combined(silent(cloudwatch), bound(prometheus, 10)))).toBe(10);
  });

  it('contradicts nothing above it, and gives way to it', () => {
    expect(value(combined(said(cloudwatch, 4), bound(prometheus, 1)))).toBe(4);
    expect(value(combined(bound(prometheus, 1), said(cloudwatch, 4)))).toBe(4);
  });

  it('contradicts what is far below it', () => {
    expect(combined(said(cloudwatch, 0.2), bound(prometheus, 10))).toMatchObject({
      unknown: { cause: 'contradicted' },
    });
  });
});
