import { expect, it } from '@jest/globals';
import type { MetricName } from '../../../shared/config/metric-catalogue.ts';
import { metricLabel, metricRows, metricValue } from '../../../shared/format/metrics.ts';
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
