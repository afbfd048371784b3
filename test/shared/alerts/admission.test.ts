import { expect, it } from '@jest/globals';
import { awaitsMetrics, patienceOf } from '../../../shared/alerts/admission.ts';
import { alertNames } from '../../../shared/alerts/catalogue.ts';
import { isThrottled } from '../../../shared/core/reading.ts';

it('lets those who are hurt ask again sooner: now, before early signs, before what is only watched', () => {
  const byPatience = Map.groupBy(alertNames, patienceOf);
  expect([...byPatience.keys()].sort((a, b) => a - b).map((seconds) => byPatience.get(seconds))).toEqual([
    ['HighLatencyP99', 'HighErrorRate', 'DatabasePoolExhausted', 'APIDown'],
    ['HighCPU', 'HighRequestRate'],
    ['HighLatencyP95'],
  ]);
  expect(patienceOf(undefined)).toBe(patienceOf('APIDown'));
});

it.each([
  ['ECS service: ThrottlingException: Rate exceeded', true],
  ['GetMetricData: Throttling: Rate exceeded', true],
  ['ECS service: ServerException: ThrottlingException: said someone', false],
  ['ECS service: no answer within 10 s', false],
  ['ECS service: AccessDeniedException: denied', false],
])('tells throttling from other reasons: %s', (unknown, throttled) => {
  expect(isThrottled({ unknown })).toBe(throttled);
  expect(awaitsMetrics({ cpuPercent: { unknown }, latency: { points: [] } }, 0)).toBe(throttled);
});
