import { describe, expect, it } from '@jest/globals';
import { metricNames } from '../../../shared/config/metric-catalogue.ts';
import { levelOf, worst } from '../../../shared/metrics/thresholds.ts';
import { production } from '../../support/builders.ts';

/** The runbook's Alert Thresholds, copied from its text: warning above, critical above. */
const table = {
  cpuPercent: [60, 80],
  latencyP95Seconds: [1, 2],
  latencyP99Seconds: [1.5, 2.5],
  errorRatePercent: [0.5, 1],
  dbPoolPercent: [70, 90],
  pgbouncerPoolPercent: [70, 85],
  pgbouncerWaitMilliseconds: [50, 100],
  requestRatePerMinute: [800, 1000],
} as const;

describe('the level of a metric', () => {
  it('has a row for each metric of the runbook', () => {
    expect(Object.keys(table)).toEqual([...metricNames]);
    expect(production.thresholds).toEqual(
      Object.fromEntries(
        Object.entries(table).map(([name, [warning, critical]]) => [name, { warning, critical }]),
      ),
    );
  });

  it.each(metricNames)('of %s is the lower one exactly at a limit', (name) => {
    const [warning, critical] = table[name];
    const level = (value: number) => levelOf(value, production.thresholds[name]);

    expect([0, warning, warning + 0.001, critical, critical + 0.001].map(level)).toEqual([
      'ok',
      'ok',
      'warning',
      'warning',
      'critical',
    ]);
  });

  it.each([undefined, Number.NaN, -0.001, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is unknown for %s, never ok',
    (value) => {
      expect(levelOf(value, production.thresholds.cpuPercent)).toBe('unknown');
    },
  );
});

describe('the worst level', () => {
  it.each([
    [[], 'ok'],
    [['ok', 'ok'], 'ok'],
    [['ok', 'unknown'], 'unknown'],
    [['unknown', 'warning', 'ok'], 'warning'],
    [['warning', 'critical', 'unknown'], 'critical'],
  ] as const)('of %j is %s', (levels, expected) => {
    expect(worst(levels)).toBe(expected);
  });
});
