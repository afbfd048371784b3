import { expect, it } from '@jest/globals';
import { type MetricName, metricNames } from '../../../shared/config/metric-catalogue.ts';
import { metricLabel, metricRows, metricValue } from '../../../shared/format/metrics.ts';
import { rounded, tasks, tenths } from '../../../shared/format/numbers.ts';
import { metrics, production } from '../../support/builders.ts';

it.each<[MetricName, number | undefined, string]>([
  ['cpuPercent', 97.62, '97.6 %'],
  ['cpuPercent', 100, '100 %'],
  ['cpuPercent', 0, '0 %'],
  ['latencyP95Seconds', 0.0987, '0.099 s'],
  ['latencyP99Seconds', 2.5, '2.5 s'],
  ['latencyP99Seconds', 12.345, '12.3 s'],
  ['errorRatePercent', 0.1234, '0.12 %'],
  ['dbPoolPercent', 0.528, '0.5 %'],
  ['pgbouncerPoolPercent', 99.96, '100 %'],
  ['pgbouncerWaitMilliseconds', 4.56, '4.6 ms'],
  ['pgbouncerWaitMilliseconds', 1234.5, '1,235 ms'],
  ['requestRatePerMinute', 1022.4, '1,022/min'],
  ['requestRatePerMinute', 99.7, '100/min'],
  ['requestRatePerMinute', undefined, 'unknown'],
])('%s of %p is said as %s', (name, value, said) => {
  expect(metricValue(name, value)).toBe(said);
});

it('has no row for a metric that the service does not have', () => {
  const rows = metricRows(
    { ...metrics(), dbPoolPercent: { level: 'none', source: 'none' } },
    production.thresholds,
  );
  expect(rows.map(({ name }) => name)).toEqual(metricNames.filter((name) => name !== 'dbPoolPercent'));
});

it.each([
  [0, '0 tasks'],
  [1, '1 task'],
  [99, '99 tasks'],
  [100, '100 tasks'],
  [1234, '1,234 tasks'],
])('%d is said as %s', (count, said) => {
  expect(tasks(count)).toBe(said);
});

it.each([
  [99.96, '100'],
  [12.345, '12.3'],
  [0.12345, '0.123'],
  [100.4, '100'],
  [1234.5, '1,235'],
])('%d is rounded to %s', (value, said) => {
  expect(rounded(value)).toBe(said);
});

it('has a label for each metric, and a row with both limits', () => {
  expect(metricLabel('errorRatePercent')).toBe('5xx error rate');
  expect(metricRows(metrics({ cpuPercent: 85 }), production.thresholds)[0]).toEqual({
    name: 'cpuPercent',
    label: 'CPU',
    value: '85 %',
    warning: '60 %',
    critical: '80 %',
    level: 'critical',
  });
});

it.each([
  [0, '0.0'],
  [4.04, '4.0'],
  [99.94, '99.9'],
  [99.95, '100'],
  [550.3, '550'],
  [1234.5, '1,235'],
])('%d has at most one decimal: %s', (value, said) => {
  expect(tenths(value)).toBe(said);
});
