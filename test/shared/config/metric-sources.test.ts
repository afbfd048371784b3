import { describe, expect, it } from '@jest/globals';
import { asWorker } from '../../../chaos/generate/config.ts';
import { parseConfig } from '../../../shared/config/config.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import { production, service, serviceName } from '../../support/builders.ts';

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
    [{ targetGroup: undefined }, /targetGroup: must be given, because loadBalancer is/],
    [
      { loadBalancer: undefined },
      /^config\/test\.yml: services\.buywhere-api\.loadBalancer: must be given, because targetGroup is$/,
    ],
    [
      { loadBalancer: undefined, targetGroup: undefined },
      /because latencyPolicy is\n.*because requestPolicy is/,
    ],
    [
      {
        loadBalancer: undefined,
        targetGroup: undefined,
        alternateTargetGroup: 'targetgroup/green/0123456789abcdef',
      },
      /because alternateTargetGroup is/,
    ],
    [
      { capacity: { ...service.capacity, perTask: { requestsPerMinute: 400 } } },
      /capacity\.perTask\.connections: must be given, because pgbouncer is/,
    ],
    [{ metricsUrl: undefined }, /metricsUrl: must be given, because metrics names scrape for dbPoolPercent/],
  ])('%j is refused', (changes, message) => {
    expect(withService(changes)).toThrow(message);
  });

  it.each(['latencyP95Seconds', 'latencyP99Seconds', 'errorRatePercent', 'requestRatePerMinute'])(
    'CloudWatch for %s is refused without a load balancer: it counts requests there',
    (name) => {
      const queued = asWorker(service);
      const metrics = { ...queued.metrics, [name]: ['cloudwatch'] };
      const config = () =>
        parseConfig(
          { ...production, services: { [serviceName]: { ...queued, metrics } } },
          'config/test.yml',
        );
      expect(config).toThrow(
        new RegExp(`metrics\\.${name}: CloudWatch counts requests at a load balancer: give loadBalancer`),
      );
    },
  );

  it('a worker has CPU alone', () => {
    const config = parseConfig(
      { ...production, services: { [serviceName]: asWorker(service) } },
      'config/test.yml',
    );
    expect(config.services[serviceName]).toEqual(asWorker(service));
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
