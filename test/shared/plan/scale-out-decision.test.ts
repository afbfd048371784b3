import { describe, expect, it } from '@jest/globals';
import type { Assessment } from '../../../shared/document/assessment.ts';
import type { Request } from '../../../shared/document/request.ts';
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
) => decide(request(of), assessment({ values, ...part }), carried);
const p99 = { alert: 'HighLatencyP99' } as const;
const p95 = { alert: 'HighLatencyP95' } as const;
const rate = { alert: 'HighRequestRate' } as const;

describe('what the situation asks for, in the words that people read', () => {
  it.each<[string, () => Decision, Decision['action'], string[]]>([
    [
      'the API is down',
      () => decided({ alert: 'APIDown' }, {}),
      'escalate',
      ['APIDown: the runbook asks for immediate escalation'],
    ],
    [
      'something is critical, whatever the alert',
      () => decided(p95, { cpuPercent: 81, latencyP99Seconds: 5 }),
      'scale-out',
      ['CPU 81 % is critical', 'P99 latency 5 s is critical'],
    ],
    [
      'the alert fires, and its metric is unknown',
      () => decided(p99, { latencyP99Seconds: 'unknown' }),
      'scale-out',
      ['HighLatencyP99 fires; P99 latency unknown (no datapoints)'],
    ],
    [
      'the alert fires, and its metric is at warning',
      () => decided(p99, { latencyP99Seconds: 2 }),
      'scale-out',
      ['HighLatencyP99 fires and P99 latency 2 s is still at warning'],
    ],
    [
      'its metric is ok by now',
      () => decided(p99, {}),
      'watch',
      ['HighLatencyP99 fired, but P99 latency 0.5 s is ok now'],
    ],
    [
      'a high request rate that the tasks carry',
      () => decided(rate, { requestRatePerMinute: 2400 }, true),
      'watch',
      ['Request rate 2,400/min: the desired tasks carry it'],
    ],
    [
      'such a rate beside another alert that asks to watch',
      () => decided(p95, { requestRatePerMinute: 2400, latencyP95Seconds: 1.5 }, true),
      'watch',
      ['Request rate 2,400/min: the desired tasks carry it'],
    ],
    [
      'metrics at warning, and an alert that asks to watch',
      () => decided(p95, { latencyP95Seconds: 1.5, cpuPercent: 61 }),
      'watch',
      ['CPU 61 % is at warning', 'P95 latency 1.5 s is at warning'],
    ],
    ['the same with nothing at warning', () => decided(p95, {}), 'watch', ['HighLatencyP95 asks to watch']],
  ])('%s', (_, decision, action, reasons) => {
    expect(decision()).toEqual({ action, reasons });
  });

  const asked = (values: MetricValues, carried = false) =>
    decide(withoutAlert(), assessment({ values }), carried);
  it.each<[string, () => Decision, Decision['action'], string[]]>([
    ['nothing at all', () => asked({}), 'none', ['every metric is ok and no alert asks for more']],
    ['a metric at warning', () => asked({ cpuPercent: 61 }), 'watch', ['CPU 61 % is at warning']],
    [
      'a high request rate that the tasks carry',
      () => asked({ requestRatePerMinute: 2400 }, true),
      'watch',
      ['Request rate 2,400/min: the desired tasks carry it'],
    ],
    [
      'metrics that nobody can see',
      () => asked({ cpuPercent: 'unknown', dbPoolPercent: 'unknown' }),
      'watch',
      ['CPU is unknown (no datapoints)', 'DB pool is unknown (no datapoints)'],
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
    expect(personFirst(['max: expected 20, is 15'])).toEqual({
      action: 'hold',
      reasons: ['a person changed the service during this run, and it stays so', 'max: expected 20, is 15'],
    });
  });

  it('that nobody made holds nothing', () => {
    expect(personFirst([])).toBeUndefined();
  });
});
