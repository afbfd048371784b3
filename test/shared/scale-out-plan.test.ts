import { describe, expect, it } from '@jest/globals';
import type { AlertName } from '../../shared/alerts.ts';
import type { Assessment, Plan, Request } from '../../shared/document.ts';
import { planScaleOut } from '../../shared/scale-out-plan.ts';
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
  service,
  withoutAlert,
} from '../support/builders.ts';

const planned = (of: Request, seen: Assessment, previous?: Plan) =>
  planScaleOut(of, seen, service, production, previous);
const forAlert = (alert: AlertName, values: MetricValues = {}) =>
  planned(request({ alert }), assessment({ values }));
/** CPU is saturated, so that a task's capacity is taken from the configuration: nine tasks. */
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 };

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

  it.each<[string, Assessment['autoscaling'], string]>([
    [
      'no scalable target',
      { absent: true },
      'no scalable target is registered: only the desired count is set',
    ],
    [
      'unreadable autoscaling',
      { unknown: 'throttled' },
      'autoscaling is unknown (throttled): only the desired count is set',
    ],
  ])('only the count with %s', (_, autoscaling, reason) => {
    const made = planned(request(), assessment({ values: critical, autoscaling }));

    expect(made).toMatchObject({ action: 'scale-out', desired: { from: 3, to: 9 } });
    expect([made.bounds, made.cpuPolicy]).toEqual([undefined, undefined]);
    expect(made.reasons).toContain(reason);
  });

  it('no policy where none exists, and tells of the temporary one', () => {
    const { cpuPolicy: _, ...bare } = registered({ temporaryPolicyFound: true });
    const made = planned(request(), assessment({ values: critical, autoscaling: bare }));

    expect(made.cpuPolicy).toBeUndefined();
    expect(made.reasons.join()).toContain('found the temporary policy buywhere-api-cpu-scaling-temp');
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

  it('take limits from the configuration', () => {
    const config = configWith(({ timing }) => Object.assign(timing.watch, { deadlineSeconds: 60 }));
    const made = planScaleOut(
      request({ alert: 'HighLatencyP95' }),
      assessment(),
      service,
      config,
      plan({ watched: 1 }),
    );

    expect(made.action).toBe('none');
  });
});
