import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../sandbox/config-files.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../../sandbox/scenario-play.ts';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import type { MonitoringFault } from '../../../sandbox/world/model/types.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { parse } from '../../../shared/core/schema.ts';
import { Assessment } from '../../../shared/document/assessment.ts';
import { configWith, request } from '../../support/builders.ts';

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.close());

/** What `assess` says ten minutes into a spike. */
async function assessed(troubles: Trouble[], config: Config = readConfig('production')) {
  const play = scenarioPlay('traffic-spike', serviceConfig(config, 'buywhere-api'), 1);
  sandbox = createSandbox({
    config,
    service: 'buywhere-api',
    world: { ...play.world, troubles },
    seed: 1,
    alarmsStartRuns: false,
  });
  const { time, functions } = sandbox;
  await time.runUntil(() => false, 600_000);
  let answer: unknown;
  const asking = functions.assess?.(
    { document: { request: request() } },
    { functionName: 'assess', awsRequestId: '1' },
  );
  const done = asking?.then((one) => {
    answer = one;
  });
  await time.runUntil(() => answer !== undefined, 60_000);
  await done;
  return parse(Assessment, answer);
}

const fault = (kind: MonitoringFault): Trouble[] => [
  { kind: 'monitoring-fault', fault: kind, from: 300, until: 9999 },
];

describe('metrics during a spike', () => {
  it('with everything well: CloudWatch and Prometheus agree about the same minutes', async () => {
    const { metrics } = await assessed([]);
    expect(metrics.latencyP99Seconds).toMatchObject({
      level: 'critical',
      source: 'CloudWatch',
      others: [{ source: 'Prometheus' }],
    });
    expect(metrics.dbPoolPercent).toMatchObject({ level: 'ok', source: 'Prometheus' });
    expect(metrics.dbPoolPercent.ageSeconds).toBeLessThanOrEqual(120);
    expect(metrics.dbPoolPercent.others?.map(({ source }) => source)).toEqual([
      'CloudWatch',
      "/metrics, one task's view",
    ]);
  });

  it('Prometheus down: CloudWatch alone, and the reason why the other is missing', async () => {
    const { metrics } = await assessed(fault('down'));
    expect(metrics.latencyP99Seconds).toMatchObject({
      level: 'critical',
      others: [
        {
          source: 'Prometheus',
          unknown: {
            cause: 'unreachable',
            text: 'not reachable: nothing answers at https://prometheus.buywhere.ai',
          },
        },
      ],
    });
    expect(metrics.dbPoolPercent).toMatchObject({ source: 'CloudWatch', level: 'ok' });
  });

  it.each(['nan', 'missing'] as const)('Prometheus says %s: the next source counts', async (kind) => {
    const { metrics } = await assessed(fault(kind));
    expect(metrics.dbPoolPercent).toMatchObject({ source: 'CloudWatch', level: 'ok' });
    expect(metrics.latencyP99Seconds.level).toBe('critical');
  });

  it('a lying endpoint makes latencies unknown, never ok, and the cause is found all the same', async () => {
    const { metrics, cause } = await assessed(fault('lying'));
    expect(metrics.latencyP99Seconds.level).toBe('unknown');
    expect(metrics.latencyP99Seconds.unknown).toMatchObject({
      cause: 'contradicted',
      source: 'CloudWatch',
      otherSource: 'Prometheus',
      otherValue: 0.099,
    });
    expect([metrics.requestRatePerMinute.level, cause.name]).toEqual(['critical', 'traffic-spike']);
  });

  it('a histogram that ends too early contradicts nothing above its last bucket', async () => {
    const { metrics } = await assessed(fault('last-bucket'));
    expect(metrics.latencyP99Seconds).toMatchObject({
      level: 'critical',
      source: 'CloudWatch',
      others: [{ source: 'Prometheus', value: 1 }],
    });
  });

  it('a histogram that ends too early is never ok where CloudWatch has nothing', async () => {
    const missing: Trouble = {
      kind: 'metric-fault',
      metric: 'TargetResponseTime',
      fault: 'missing',
      from: 0,
      until: 9999,
    };
    const { metrics } = await assessed([...fault('last-bucket'), missing]);
    expect(metrics.latencyP99Seconds).toMatchObject({
      level: 'unknown',
      unknown: { cause: 'lower-bound', value: 1, text: 'at least 1 s, the last bucket of the histogram' },
    });
  });

  it('a frozen endpoint takes the place of nothing: its percentiles are NaN, CloudWatch counts', async () => {
    const { metrics } = await assessed(fault('frozen'));
    expect(metrics.latencyP99Seconds).toMatchObject({ level: 'critical', source: 'CloudWatch' });
  });

  it('CloudWatch three minutes late: its old values count only where Prometheus has none', async () => {
    const late: Trouble[] = [{ kind: 'metric-delay', seconds: 200, from: 0, until: 9999 }];
    const { metrics } = await assessed(late);
    expect(metrics.latencyP99Seconds.source).toBe('Prometheus');
    expect(metrics.requestRatePerMinute.source).toBe('CloudWatch');
    expect(metrics.requestRatePerMinute.ageSeconds).toBeGreaterThan(240);
  });

  it('a scrape is asked as the last resort, for the pool alone', async () => {
    const scraped = configWith((_, own) => {
      own.metrics = { ...own.metrics, dbPoolPercent: ['scrape'] };
    });
    const { metrics } = await assessed([], scraped);
    expect(metrics.dbPoolPercent).toMatchObject({
      source: "/metrics, one task's view",
      level: 'ok',
      ageSeconds: 0,
    });
  });
});
