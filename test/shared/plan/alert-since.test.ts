import { expect, it } from '@jest/globals';
import { because } from '../../../shared/format/reasons.ts';
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
  expect(plan.reasons[0]).toEqual(
    because('alert-is-newer', {
      alert: 'HighLatencyP99',
      metric: 'latencyP99Seconds',
      value: 0.5,
      since: secondsLater(-20),
      at: secondsLater(-150),
    }),
  );
});

it.each([
  ['a metric of a minute that the alert was firing in says that it is over', secondsLater(-120)],
  ['a CloudWatch alarm is made of the same points', undefined],
])('%s: watch', (_, since) => {
  expect(planned(since).action).toBe('watch');
  expect(now).toBe('2026-10-02T17:10:00.000Z');
});
