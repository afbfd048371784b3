import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  isMetricName,
  metricCatalogue,
  metricNames,
  perMetric,
  perSeries,
} from '../../../shared/config/metric-catalogue.ts';

const root = join(import.meta.dirname, '../../..');

/** Where a metric's name may stand literally, beside the catalogue: where another one has to be added, or where a
 * decision is about that very metric. */
const allowed: Record<string, string> = {
  'shared/config/metric-catalogue.ts': 'the catalogue',
  'shared/metrics/both-groups.ts': 'how two target groups make one series',
  'shared/metrics/cloudwatch.ts': 'one query per metric; CPU has 20-second points',
  'shared/metrics/prometheus.ts': 'one query per metric',
  'shared/metrics/scrape.ts': 'the gauges of each share',
  'shared/metrics/read.ts': 'the average latency is read like its percentile',
  'shared/alerts/catalogue.ts': 'which metric fires an alert',
  'shared/alarms/prometheus-rules.ts': 'PgBouncer has no alert of its own in the runbook',
  'shared/assess/judge.ts': 'the request rate foretells, CPU tells what a task serves',
  'shared/assess/causes.ts': 'what each cause looks like',
  'shared/assess/no-requests.ts': 'what only requests make',
  'shared/assess/worse-with.ts': 'what a release can make worse',
  'shared/assess/diagnosis.ts': 'whether the traffic is high or flat',
  'shared/format/reasons/capacity.ts': 'the sentence about the request rate and its limit',
  'shared/format/reasons/causes.ts': 'the sentences about what each cause looks like',
  'shared/format/reasons/settings.ts': 'the request rate that autoscaling keeps tasks for',
  'shared/verify/lasting.ts': 'the request rate that autoscaling keeps tasks for',
  'shared/format/reasons/metrics.ts': 'the sentence about traffic that has vanished',
  'shared/metrics/day-before.ts': 'the requests of the day before',
  'shared/plan/vanished-traffic.ts': 'what is usual is told by the request rate',
  'shared/pool/look.ts': 'from when on a wait for a connection counts',
  'shared/plan/demand.ts': 'demand comes from the request rate and CPU',
  'shared/plan/scale-out.ts': 'how new the CPU is',
  'shared/plan/scale-out-decision.ts': 'a request rate that the tasks carry hurts nobody',
  'shared/plan/guards/pool-room.ts': 'the share from which on a pool counts as full',
  'shared/plan/scale-out-blockers.ts': 'exhausted pools, and what users suffer',
  'shared/config/monitoring.ts': 'the rows without which nothing can be planned',
  'shared/format/config-warnings.ts': 'what each policy follows',
  'shared/plan/calm-limits.ts': 'what the CPU policy holds',
  'shared/plan/scale-in.ts': 'a high request rate alone hurts nobody',
  'shared/verify/recovery.ts': 'a high request rate alone hurts nobody; CPU that is saturated',
};

describe('the catalogue of metrics', () => {
  it('is the only place that lists the metrics', () => {
    const named = new RegExp(`\\b(${metricNames.join('|')})\\b`);
    const naming = ['shared', 'functions', 'resources'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
        .filter((file) => file.endsWith('.ts') && named.test(readFileSync(join(root, file), 'utf8'))),
    );
    expect(naming.sort()).toEqual(Object.keys(allowed).sort());
  });

  it('holds the rows of the runbook’s Alert Thresholds', () => {
    expect(metricNames).toEqual(Object.keys(metricCatalogue));
    expect(metricNames).toHaveLength(8);
    expect([isMetricName('cpuPercent'), isMetricName('memoryPercent'), isMetricName('toString')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('makes one value for each', () => {
    expect(perMetric((name) => name.length)).toMatchObject({ cpuPercent: 10, dbPoolPercent: 13 });
    expect(Object.keys(perMetric(() => 0))).toEqual(metricNames);
    expect(Object.keys(perSeries(() => 0))).toEqual([
      ...metricNames,
      'latencyAverageSeconds',
      'memoryPercent',
      'requestsPerTarget',
      'healthyTargets',
      'unhealthyTargets',
    ]);
  });
});
