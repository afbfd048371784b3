import { expect, it } from '@jest/globals';
import { admissionDelayOf, awaitsMetrics } from '../../../shared/alerts/admission.ts';
import { alertNames } from '../../../shared/alerts/catalogue.ts';
import type { Unknown } from '../../../shared/core/unknown.ts';

it('lets runs whose users are affected ask again sooner: now, before early signs, before what is only watched', () => {
  const byPatience = Map.groupBy(alertNames, admissionDelayOf);
  expect([...byPatience.keys()].sort((a, b) => a - b).map((seconds) => byPatience.get(seconds))).toEqual([
    ['HighLatencyP99', 'HighErrorRate', 'DatabasePoolExhausted', 'APIDown'],
    ['HighCPU', 'HighRequestRate'],
    ['HighLatencyP95'],
  ]);
  expect(admissionDelayOf(undefined)).toBe(admissionDelayOf('APIDown'));
});

it('waits two minutes for metrics of which at least one is throttled', () => {
  const late: Unknown = { cause: 'late', seconds: 10 };
  const throttled: Unknown = { cause: 'throttled', error: 'Throttling', message: '' };
  expect(awaitsMetrics([late, throttled], 119)).toBe(true);
  expect(awaitsMetrics([late, throttled], 120)).toBe(false);
  expect(awaitsMetrics([late], 0)).toBe(false);
  expect(awaitsMetrics([], 0)).toBe(false);
});
