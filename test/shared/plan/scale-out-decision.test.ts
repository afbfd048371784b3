import { describe, expect, it } from '@jest/globals';
import type { MetricName } from '../../../shared/config/metric-catalogue.ts';
import type { Assessment } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Request } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import type { Decision } from '../../../shared/plan/decision.ts';
import { decide, personFirst } from '../../../shared/plan/scale-out-decision.ts';
import {
  assessment,
  type MetricValues,
  metrics,
  now,
  request,
  secondsLater,
  withoutAlert,
} from '../../support/builders.ts';

const decided = (
  of: Partial<Request>,
  values: MetricValues,
  carried = false,
  part: Partial<Assessment> = {},
) => decide(request(of), assessment({ values, ...part }), carried, now);
const decidedWithout = (name: MetricName, of: Partial<Request>) => {
  const seen = assessment();
  seen.metrics[name] = { level: 'none', source: 'CloudWatch' };
  return decide(request(of), seen, false, now);
};
const p99 = { alert: 'HighLatencyP99' } as const;
const p95 = { alert: 'HighLatencyP95' } as const;
const rate = { alert: 'HighRequestRate' } as const;
const critical = (metric: MetricName, value: number) => because('metric-critical', { metric, value });
const warning = (metric: MetricName, value: number) => because('metric-warning', { metric, value });
const unknown = (metric: MetricName) => because('metric-unknown', { metric, why: 'no datapoints' });

describe('what the situation asks for', () => {
  it.each<[string, () => Decision, Decision['action'], Reason[]]>([
    [
      'the API is down',
      () => decided({ alert: 'APIDown' }, {}),
      'escalate',
      [because('alert-escalates', { alert: 'APIDown' })],
    ],
    [
      'something is critical, whatever the alert',
      () => decided(p95, { cpuPercent: 81, latencyP99Seconds: 5 }),
      'scale-out',
      [critical('cpuPercent', 81), critical('latencyP99Seconds', 5)],
    ],
    [
      'the alert fires, and its metric is unknown',
      () => decided(p99, { latencyP99Seconds: 'unknown' }),
      'scale-out',
      [because('alert-metric-unknown', { ...p99, metric: 'latencyP99Seconds', why: 'no datapoints' })],
    ],
    [
      'the alert fires of a row that the configuration leaves out',
      () => decidedWithout('latencyP99Seconds', p99),
      'scale-out',
      [because('alert-row-left-out', { ...p99, metric: 'latencyP99Seconds' })],
    ],
    [
      'the alert fires, and its metric is at warning',
      () => decided(p99, { latencyP99Seconds: 2 }),
      'scale-out',
      [because('alert-metric-warning', { ...p99, metric: 'latencyP99Seconds', value: 2 })],
    ],
    [
      'its metric is ok by now',
      () => decided(p99, {}),
      'watch',
      [because('alert-over', { ...p99, metric: 'latencyP99Seconds', value: 0.5 })],
    ],
    [
      'a high request rate that the tasks carry',
      () => decided(rate, { requestRatePerMinute: 2400 }, true),
      'watch',
      [because('rate-carried', { metric: 'requestRatePerMinute', value: 2400 })],
    ],
    [
      'such a rate beside another alert that asks to watch',
      () => decided(p95, { requestRatePerMinute: 2400, latencyP95Seconds: 1.5 }, true),
      'watch',
      [because('rate-carried', { metric: 'requestRatePerMinute', value: 2400 })],
    ],
    [
      'metrics at warning, and an alert that asks to watch',
      () => decided(p95, { latencyP95Seconds: 1.5, cpuPercent: 61 }),
      'watch',
      [warning('cpuPercent', 61), warning('latencyP95Seconds', 1.5)],
    ],
    [
      'the same with nothing at warning',
      () => decided(p95, {}),
      'watch',
      [because('alert-asks-to-watch', p95)],
    ],
  ])('%s', (_, decision, action, reasons) => {
    expect(decision()).toEqual({ action, reasons });
  });

  const asked = (values: MetricValues, carried = false) =>
    decide(withoutAlert(), assessment({ values }), carried, now);
  it.each<[string, () => Decision, Decision['action'], Reason[]]>([
    ['nothing at all', () => asked({}), 'none', [because('nothing-asked')]],
    ['a metric at warning', () => asked({ cpuPercent: 61 }), 'watch', [warning('cpuPercent', 61)]],
    [
      'a high request rate that the tasks carry',
      () => asked({ requestRatePerMinute: 2400 }, true),
      'watch',
      [because('rate-carried', { metric: 'requestRatePerMinute', value: 2400 })],
    ],
    [
      'metrics that nobody can see',
      () => asked({ cpuPercent: 'unknown', dbPoolPercent: 'unknown' }),
      'watch',
      [unknown('cpuPercent'), unknown('dbPoolPercent')],
    ],
  ])('where a person asks without an alert: %s', (_, decision, action, reasons) => {
    expect(decision()).toEqual({ action, reasons });
  });
});

describe('an alert whose metric is ok', () => {
  const firing = (secondsAfterThePoint: number) =>
    decided({ ...p99, firingSince: secondsLater(secondsAfterThePoint) }, {}, false, {
      metrics: metrics({}, now),
    });

  it.each([
    ['while the minute of the metric went on', 59, 'watch'],
    ['when that minute had just ended', 60, 'scale-out'],
    ['later', 61, 'scale-out'],
  ])('and that began to fire %s', (_, seconds, action) => {
    expect(firing(seconds).action).toBe(action);
  });
});

describe("a person's change", () => {
  it('holds the run, and is named', () => {
    const change = because('setting-changed', { setting: 'max', from: 20, to: 15 });
    expect(personFirst([change])).toEqual({ action: 'hold', reasons: [because('person-changed'), change] });
  });

  it('that nobody made holds nothing', () => {
    expect(personFirst([])).toBeUndefined();
  });
});
