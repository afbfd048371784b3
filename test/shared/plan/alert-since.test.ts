import { expect, it } from '@jest/globals';
import { planScaleOut } from '../../../shared/plan/scale-out.ts';
import {
  assessment,
  metrics,
  now,
  production,
  request,
  secondsLater,
  service,
} from '../../support/builders.ts';

const planned = (firingSince: string | undefined) =>
  planScaleOut(
    request({ source: 'webhook', ...(firingSince ? { firingSince } : {}) }),
    assessment({ metrics: metrics({}, secondsLater(-150)) }),
    service,
    production,
    undefined,
  );

it('an alert that is newer than every metric is believed: CloudWatch is minutes behind Prometheus', () => {
  const plan = planned(secondsLater(-20));
  expect(plan.action).toBe('scale-out');
  expect(plan.reasons[0]).toMatch(/^HighLatencyP99 fires since .*; P99 latency 0\.5 s is of 17:07$/);
});

it.each([
  ['a metric of a minute that the alert was firing in says that it is over', secondsLater(-120)],
  ['a CloudWatch alarm is made of the same points', undefined],
])('%s: watch', (_, since) => {
  expect(planned(since).action).toBe('watch');
  expect(now).toBe('2026-10-02T17:10:00.000Z');
});
