import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../shared/config/config.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import { production, serviceName } from '../../support/builders.ts';

/** Production's configuration with other metrics of its service, as an operator would write it. */
const withService = (changes: object) => () =>
  parseConfig(
    {
      ...production,
      services: { 'buywhere-api': { ...production.services['buywhere-api'], ...changes } },
    },
    'config/test.yml',
  );

describe('the sources in the configuration', () => {
  it.each([
    'cpuPercent',
    'latencyP95Seconds',
    'latencyP99Seconds',
    'errorRatePercent',
    'pgbouncerWaitMilliseconds',
    'requestRatePerMinute',
  ])('a scrape for %s is refused: rates and percentiles never come from one task', (name) => {
    expect(withService({ metrics: { [name]: ['cloudwatch', 'scrape'] } })).toThrow(
      new RegExp(
        `services\\.buywhere-api\\.metrics\\.${name}: a scrape sees one task's counters.*allowed: cloudwatch, prometheus`,
      ),
    );
  });

  it.each([
    [{ metrics: { cpuPercent: [] } }, /metrics\.cpuPercent: must name at least one source/],
    [{ metrics: { requestRatePerMinute: [] } }, /no plan can be made without it/],
    [
      { metrics: { dbPoolPercent: ['graphite'] } },
      /dbPoolPercent\.0: must be one of cloudwatch, prometheus, scrape/,
    ],
    [{ metrics: { dbPoolPercent: ['scrape', 'scrape'] } }, /names a source twice/],
    [{ metrics: { cpu: ['cloudwatch'] } }, /unknown key "cpu"/],
    [{ metrics: { cpuPercent: ['prometheus'] } }, /metrics\.cpuPercent: no query of this metric ships/],
    [
      { prometheusUrl: undefined },
      /prometheusUrl: must be given, because metrics names prometheus for latencyP95Seconds/,
    ],
    [{ metricsUrl: undefined }, /metricsUrl: must be given, because metrics names scrape for dbPoolPercent/],
  ])('%j is refused', (changes, message) => {
    expect(withService(changes)).toThrow(message);
  });

  it('a row without a source is one that the service does not have', () => {
    const without = withService({ metrics: { pgbouncerPoolPercent: [], latencyP99Seconds: [] } })();
    expect(serviceConfig(without, serviceName).metrics.pgbouncerPoolPercent).toEqual([]);
  });

  it('CloudWatch alone needs no address', () => {
    const alone = withService({ metrics: {}, prometheusUrl: undefined, metricsUrl: undefined })();
    expect(alone.services['buywhere-api']?.metrics.dbPoolPercent).toEqual(['cloudwatch']);
  });
});
