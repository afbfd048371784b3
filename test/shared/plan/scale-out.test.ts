import { describe, expect, it } from '@jest/globals';
import type { AlertName } from '../../../shared/alerts/catalogue.ts';
import type { Assessment } from '../../../shared/document/assessment.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Request } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { planScaleOut } from '../../../shared/plan/scale-out.ts';
import {
  allUnknown,
  assessment,
  bounds,
  configWith,
  type MetricValues,
  plan,
  policy,
  production,
  raisedBounds,
  raisedPolicy,
  registered,
  request,
  secondsLater,
  service,
  throttled,
  view,
  withoutAlert,
} from '../../support/builders.ts';

const planned = (of: Request, seen: Assessment, plan?: Plan) =>
  planScaleOut(of, seen, service, production, { plan });
const forAlert = (alert: AlertName, values: MetricValues = {}) =>
  planned(request({ alert }), assessment({ values }));
/** CPU is saturated, so that a task's capacity is taken from the configuration: nine tasks. */
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 };

describe('a service that is read late', () => {
  const asked = (count: number, secondsAgo: number) =>
    planned(
      request(),
      assessment({
        values: critical,
        at: secondsLater(0),
        autoscaling: registered({
          activities: [{ at: secondsLater(-secondsAgo), count, text: `Setting desired count to ${count}.` }],
        }),
      }),
    );

  it('is not lowered below what autoscaling asked for just now: the run looks again', () => {
    const made = asked(12, 30);
    expect(made.action).toBe('watch');
    expect(made.desired).toBeUndefined();
    expect(made.limitReached).toBe(false);
    expect(made.reasons.at(-1)).toEqual(because('autoscaling-ahead', { asked: 12 }));
  });

  it.each([
    ['not below what an earlier run of the incident wrote just now', 12, 120, 'watch'],
    ['below what it wrote before', 12, 121, 'scale-out'],
    ['above it', 8, 30, 'scale-out'],
    ['as much', 9, 30, 'scale-out'],
  ])('%s', (_, desired, secondsAgo, action) => {
    const lastWritten = { desired, desiredAt: secondsLater(-secondsAgo) };
    const seen = assessment({ values: critical, at: secondsLater(0) });
    const made = planScaleOut(request(), seen, service, production, { lastWritten });
    expect(made.action).toBe(action);
    if (action === 'watch') expect(made.reasons.at(-1)).toEqual(because('run-ahead', { asked: 12 }));
  });

  it.each([
    ['as many as the plan', 9, 30],
    ['more, but long ago', 12, 600],
  ])('is raised where autoscaling asked for %s', (_, count, secondsAgo) => {
    expect(asked(count, secondsAgo).desired?.to).toBe(9);
  });
});

describe('what the plan of an emergency does', () => {
  it.each<[AlertName, MetricValues, Plan['action']]>([
    ['HighLatencyP99', { latencyP99Seconds: 2.6 }, 'scale-out'],
    ['HighLatencyP99', { latencyP99Seconds: 2.5 }, 'scale-out'],
    ['HighLatencyP99', { latencyP99Seconds: 'unknown' }, 'scale-out'],
    ['HighLatencyP99', {}, 'watch'],
    ['HighLatencyP99', allUnknown, 'scale-out'],
    ['HighLatencyP95', { latencyP95Seconds: 1.5 }, 'watch'],
    ['HighLatencyP95', {}, 'watch'],
    ['HighLatencyP95', { latencyP95Seconds: 2.1 }, 'scale-out'],
    ['HighLatencyP95', { cpuPercent: 81 }, 'scale-out'],
    ['HighErrorRate', { errorRatePercent: 1.1 }, 'scale-out'],
    ['HighErrorRate', {}, 'watch'],
    ['HighCPU', { cpuPercent: 81 }, 'scale-out'],
    ['HighCPU', { cpuPercent: 61 }, 'scale-out'],
    ['HighRequestRate', { requestRatePerMinute: 1001 }, 'scale-out'],
    ['DatabasePoolExhausted', { dbPoolPercent: 91 }, 'relieve-pool'],
    ['DatabasePoolExhausted', { dbPoolPercent: 80 }, 'watch'],
    ['DatabasePoolExhausted', {}, 'none'],
    ['HighLatencyP99', { latencyP99Seconds: 9, dbPoolPercent: 90.1 }, 'relieve-pool'],
    ['HighLatencyP99', { latencyP99Seconds: 9, pgbouncerPoolPercent: 85.1 }, 'relieve-pool'],
    ['HighLatencyP99', { latencyP99Seconds: 9, pgbouncerWaitMilliseconds: 500 }, 'scale-out'],
    ['APIDown', {}, 'escalate'],
    ['APIDown', { latencyP99Seconds: 9 }, 'escalate'],
  ])('for %s with %j is to %4$s', (alert, values, action) => {
    const made = forAlert(alert, values);

    expect(made.action).toBe(action);
    expect(made.reasons).not.toEqual([]);
  });

  it.each<[MetricValues, Plan['action']]>([
    [{}, 'none'],
    [{ cpuPercent: 'unknown' }, 'watch'],
    [{ cpuPercent: 61 }, 'watch'],
    [{ cpuPercent: 81 }, 'scale-out'],
  ])('for a person who names no alert, with %j, is to %s', (values, action) => {
    expect(planned(withoutAlert(), assessment({ values })).action).toBe(action);
  });
});

describe('what a scale-out changes', () => {
  it('count, bounds and the policy under its own name', () => {
    const made = planned(request(), assessment({ values: critical }));

    expect(made).toMatchObject({
      action: 'scale-out',
      desired: { from: 3, to: 9 },
      bounds: { from: bounds(), to: raisedBounds },
      cpuPolicy: { from: policy(), to: raisedPolicy },
      approvalRequired: false,
      round: 1,
    });
    expect(made.reasons.slice(-2)).toEqual([
      because('bounds-raised', { from: { min: 1, max: 10 }, to: { min: 2, max: 20 } }),
      because('cpu-target', { policy: 'buywhere-api-cpu-scaling', from: 70, to: 50 }),
    ]);
    expect(made.reasons.map(({ code }) => code).join()).not.toContain('temporary');
  });

  it('lowers nothing that is higher already', () => {
    const high = {
      bounds: bounds({ min: 4, max: 30 }),
      cpuPolicy: policy({ target: 40, scaleOutCooldownSeconds: 0, scaleInCooldownSeconds: 60 }),
    };
    const made = planned(request(), assessment({ values: critical, autoscaling: registered(high) }));

    expect(made.bounds?.to).toMatchObject({ min: 4, max: 30, suspended: { dynamicScalingIn: true } });
    expect(made.cpuPolicy?.to).toEqual(high.cpuPolicy);
  });

  it('keeps what was suspended before', () => {
    const suspended = { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: true };
    const made = planned(
      request(),
      assessment({ values: critical, autoscaling: registered({ bounds: bounds({ suspended }) }) }),
    );

    expect(made.bounds?.to.suspended).toEqual({ ...suspended, dynamicScalingIn: true });
  });

  it.each<[string, Assessment['autoscaling'], Reason]>([
    ['no scalable target', { absent: true }, because('no-target')],
    ['unreadable autoscaling', throttled, because('target-unknown', { why: 'throttled by AWS' })],
  ])('only the count with %s', (_, autoscaling, reason) => {
    const made = planned(request(), assessment({ values: critical, autoscaling }));

    expect(made).toMatchObject({ action: 'scale-out', desired: { from: 3, to: 9 } });
    expect([made.bounds, made.cpuPolicy]).toEqual([undefined, undefined]);
    expect(made.reasons).toContainEqual(reason);
  });

  it('no policy where none exists, and tells of the temporary one', () => {
    const { cpuPolicy: _, ...bare } = registered({ temporaryPolicyFound: true });
    const made = planned(request(), assessment({ values: critical, autoscaling: bare }));

    expect(made.bounds).toEqual({ from: bounds(), to: raisedBounds });
    expect(made.cpuPolicy).toBeUndefined();
    expect(made.reasons.slice(-2)).toEqual([
      because('temporary-policy-goes', { policy: 'buywhere-api-cpu-scaling-temp' }),
      because('no-cpu-policy'),
    ]);
  });

  it.each([
    ['another CPU policy exists', 'buywhere-api-cpu-scaling', 'temporary-policy-goes'],
    ['it is the only CPU policy', 'buywhere-api-cpu-scaling-temp', 'temporary-policy-stays'],
  ] as const)('tells what becomes of the temporary policy when %s', (_, name, fate) => {
    const autoscaling = registered({ temporaryPolicyFound: true, cpuPolicy: { ...policy(), name } });
    const made = planned(request(), assessment({ values: critical, autoscaling }));

    expect(made.cpuPolicy?.to.name).toBe(name);
    expect(made.reasons).toContainEqual(because(fate, { policy: 'buywhere-api-cpu-scaling-temp' }));
  });
});

describe('the counters and the hash of a plan', () => {
  const { intervalSeconds, deadlineSeconds } = production.timing.watch;
  const watching = (watched: number) =>
    planned(request({ alert: 'HighLatencyP95' }), assessment(), plan({ watched, round: 0 }));

  it('watch until the deadline, then need nothing', () => {
    const last = deadlineSeconds / intervalSeconds - 1;

    expect(watching(last)).toMatchObject({
      action: 'watch',
      watched: last + 1,
      nextCheckSeconds: intervalSeconds,
    });
    expect(watching(last + 1)).toMatchObject({ action: 'none' });
  });

  it('count a round for each scale-out only', () => {
    const second = planned(request(), assessment({ values: critical }), plan({ round: 1 }));

    expect([second.round, watching(3).round]).toEqual([2, 0]);
  });

  it('hash what changes, not why', () => {
    const one = planned(request(), assessment({ values: critical }));
    const other = planned(
      request({ alert: 'HighCPU' }),
      assessment({ values: { ...critical, errorRatePercent: 3 } }),
    );
    const more = planned(request(), assessment({ values: { ...critical, requestRatePerMinute: 2800 } }));

    expect(other.hash).toBe(one.hash);
    expect(more.hash).not.toBe(one.hash);
  });

  it('carry the dry run', () => {
    expect(planned(request({ dryRun: true }), assessment({ values: critical })).dryRun).toBe(true);
  });

  it('count a look for each watch only, and look sooner while tasks start', () => {
    const made = planned(request(), assessment({ values: critical }), plan({ watched: 2 }));
    expect(made).toMatchObject({
      action: 'scale-out',
      watched: 2,
      limitReached: false,
      tell: false,
      nextCheckSeconds: production.timing.verify.intervalSeconds,
    });
  });

  it('end no scale-out, however long was watched before', () => {
    const watched = deadlineSeconds / intervalSeconds;
    expect(planned(request(), assessment({ values: critical }), plan({ watched })).action).toBe('scale-out');
  });

  it('say that the watch is over', () => {
    expect(watching(deadlineSeconds / intervalSeconds).reasons).toEqual([
      because('watched-enough', { seconds: deadlineSeconds }),
      because('alert-asks-to-watch', { alert: 'HighLatencyP95' }),
    ]);
    expect(watching(0)).toMatchObject({ tell: false, limitReached: false });
  });

  it('take limits from the configuration', () => {
    const config = configWith(({ timing }) => Object.assign(timing.watch, { deadlineSeconds: 60 }));
    const watching = { plan: plan({ watched: 1 }) };
    const made = planScaleOut(request({ alert: 'HighLatencyP95' }), assessment(), service, config, watching);

    expect(made.action).toBe('none');
  });
});

describe('traffic that the tasks carry', () => {
  const carried = { requestRatePerMinute: 2400 };
  const nine = { service: view({ desired: 9, running: 9 }) };
  it.each<[string, AlertName, MetricValues, Partial<Assessment>, Plan['action']]>([
    ['a high rate alone is watched', 'HighRequestRate', carried, nine, 'watch'],
    ['so is one that is ok by now', 'HighRequestRate', { requestRatePerMinute: 600 }, nine, 'watch'],
    ['so is one at warning', 'HighRequestRate', { requestRatePerMinute: 900 }, nine, 'watch'],
    ['more than they carry is not', 'HighRequestRate', { requestRatePerMinute: 2500 }, nine, 'scale-out'],
    [
      'nor a latency that suffers',
      'HighRequestRate',
      { ...carried, latencyP99Seconds: 5 },
      nine,
      'scale-out',
    ],
    ['another alert whose metric is ok', 'HighLatencyP99', carried, nine, 'watch'],
    [
      'another alert whose metric is unknown',
      'HighLatencyP99',
      { ...carried, latencyP99Seconds: 'unknown' },
      nine,
      'scale-out',
    ],
    [
      'an unknown rate is never carried',
      'HighRequestRate',
      { requestRatePerMinute: 'unknown' },
      nine,
      'scale-out',
    ],
    [
      'what the ceiling does not allow is not carried',
      'HighRequestRate',
      { requestRatePerMinute: 50_000 },
      { service: view({ desired: 20, running: 20 }) },
      'watch',
    ],
  ])('%s', (_, alert, values, seen, action) => {
    expect(planned(request({ alert }), assessment({ values, ...seen })).action).toBe(action);
  });
});

it('holds where more tasks are wanted and the service is unknown, whatever traffic its tasks may carry', () => {
  const seen = assessment({
    values: { requestRatePerMinute: 2400 },
    service: throttled,
  });
  expect(planned(request({ alert: 'HighRequestRate' }), seen)).toMatchObject({
    action: 'hold',
    limitReached: false,
    reasons: [
      because('metric-critical', { metric: 'requestRatePerMinute', value: 2400 }),
      because('service-unknown', { why: 'throttled by AWS' }),
    ],
  });
});

it('remembers what a person set since an earlier run, before it writes over that, and says so', () => {
  const change = because('changed-by-person', { setting: 'max', from: 20, to: 15 });
  const restoreTo = { bounds: bounds({ max: 15 }), reasons: [change] };
  const made = planScaleOut(request(), assessment({ values: critical }), service, production, { restoreTo });

  expect(made.restoreTo).toEqual(restoreTo);
  expect(made.reasons).toContainEqual(change);
  const nobody = forAlert('HighLatencyP99', critical);
  expect(nobody).not.toHaveProperty('restoreTo');
  expect(nobody.reasons.map(({ code }) => code)).not.toContain(change.code);
});
