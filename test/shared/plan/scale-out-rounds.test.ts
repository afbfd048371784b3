import { describe, expect, it } from '@jest/globals';
import type { Assessment } from '../../../shared/document/assessment.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Request } from '../../../shared/document/request.ts';
import type { Verification } from '../../../shared/document/verification.ts';
import { because } from '../../../shared/format/reasons.ts';
import { planScaleOut } from '../../../shared/plan/scale-out.ts';
import {
  assessment,
  type MetricValues,
  now,
  plan,
  production,
  raisedBounds,
  registered,
  request,
  secondsLater,
  service,
  throttled,
  view,
  withoutAlert,
} from '../../support/builders.ts';
import { stopped } from '../../support/clues.ts';

const planned = (of: Request, seen: Assessment, plan?: Plan, verification?: Verification) =>
  planScaleOut(of, seen, service, production, { plan, verification });
/** CPU is saturated, so that a task's capacity is taken from the configuration: nine tasks. */
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 };

describe('at the limit', () => {
  const all = { values: critical, service: view({ desired: 20, running: 20 }) };
  const at = (previous?: Partial<Plan>) =>
    planned(request(), assessment(all), previous && plan({ action: 'watch', round: 0, ...previous }));

  it('watches, and has people told once', () => {
    expect(at()).toMatchObject({ action: 'watch', tell: true, limitReached: true, watched: 1 });
    expect(at().reasons.at(-1)).toEqual(because('no-more-allowed', { desired: 20 }));
    expect(at({ watched: 3 })).toMatchObject({ action: 'watch', tell: true });
    expect(at({ watched: 1, limitReached: true })).toMatchObject({ action: 'watch', tell: false });
  });

  it('changes nothing', () => {
    const { desired, bounds: limits, cpuPolicy } = at();
    expect([desired, limits, cpuPolicy]).toEqual([undefined, undefined, undefined]);
  });

  it('holds when the watch is over: a critical service is never called recovered', () => {
    const { intervalSeconds, deadlineSeconds } = production.timing.watch;

    expect(at({ watched: deadlineSeconds / intervalSeconds, limitReached: true })).toMatchObject({
      action: 'hold',
      tell: false,
      reasons: expect.arrayContaining([because('watched-at-limit', { seconds: deadlineSeconds })]),
    });
  });

  it('holds without a word of its own when the limit is met only then: a hold is told anyway', () => {
    const { intervalSeconds, deadlineSeconds } = production.timing.watch;
    expect(at({ watched: deadlineSeconds / intervalSeconds })).toMatchObject({ action: 'hold', tell: false });
  });

  it('scales out once there is room again', () => {
    const made = planned(request(), assessment({ values: critical }), plan({ round: 0, limitReached: true }));
    expect(made).toMatchObject({ action: 'scale-out', tell: false, limitReached: true });
  });
});

describe('a count that autoscaling has cut by itself', () => {
  const activities = [{ at: secondsLater(-30), count: 6, text: 'Setting desired count to 6.' }];
  const cut = (values: MetricValues = {}) =>
    assessment({
      values,
      service: view({ desired: 6, running: 9 }),
      autoscaling: registered({ bounds: raisedBounds, activities }),
    });
  const again = because('cut-by-autoscaling', { from: 9, to: 6 });

  it('is raised again to what the run asked for, though nothing asks for more', () => {
    const made = planned(request(), cut(), plan());
    expect(made).toMatchObject({ action: 'scale-out', desired: { from: 6, to: 9 } });
    expect(made.reasons[0]).toEqual(again);
  });

  it('is raised with what asks for more, whose reasons come first', () => {
    const made = planned(request(), cut({ latencyP99Seconds: 5 }), plan());
    expect(made.desired).toEqual({ from: 6, to: 9 });
    expect(made.reasons).not.toContainEqual(again);
  });

  it('stays where this run asked for nothing', () => {
    expect(planned(request(), cut(), plan({ action: 'watch' })).action).toBe('watch');
    const { desired: _, ...without } = plan();
    expect(planned(request(), cut(), without).action).toBe('watch');
    expect(planned(request(), cut()).action).toBe('watch');
  });
});

describe('a later round', () => {
  const many = view({ desired: 10, running: 10 });
  const seen = (values: MetricValues) => assessment({ values, service: many });
  const since = (settledSince?: string): Verification => ({
    goal: 'recovered',
    state: 'more',
    since: now,
    mention: false,
    nextCheckSeconds: 15,
    reasons: [],
    ...(settledSince ? { settledSince } : {}),
  });
  const saturated = { latencyP99Seconds: 5, cpuPercent: 85 };
  it.each<[string, Plan, ReturnType<typeof since>, number]>([
    ['the first: 10 * 85 / 70 = 13', plan({ round: 0 }), since(), 13],
    ['CPU of the tasks before does not count: two more', plan(), since(), 12],
    ['nor a point that began before they all ran', plan(), since(secondsLater(1)), 12],
    ['a point since then does', plan(), since(now), 13],
  ])('%s', (_, previous, verification, to) => {
    expect(planned(request(), seen(saturated), previous, verification).desired).toEqual({ from: 10, to });
  });

  it('counts any CPU where no request rate is known', () => {
    const blind = { ...saturated, requestRatePerMinute: 'unknown' } as const;
    expect(planned(request(), seen(blind), plan(), since()).desired?.to).toBe(13);
  });

  it('adds what grown traffic needs before anything is critical', () => {
    const quiet = assessment({ values: { requestRatePerMinute: 900 }, service: view(), backlog: 900 });
    const { action, desired } = planned(request(), quiet, plan());

    expect([action, desired]).toEqual(['scale-out', { from: 3, to: 8 }]);
    expect(planned(request(), quiet, plan({ action: 'watch', round: 0 })).action).toBe('watch');
  });

  const grown = { values: { requestRatePerMinute: 900 }, backlog: 900 };
  const over = because('alert-over', { alert: 'HighLatencyP99', metric: 'latencyP99Seconds', value: 0.5 });
  const cannotStart = [stopped('CannotPullContainerError', 2, 'never-started', now)];
  it.each<[string, Request, Partial<Assessment> & { values?: MetricValues }, Plan['action'], Reason]>([
    ['needs more', request(), grown, 'scale-out', because('traffic-needs', { needed: 8 })],
    [
      'needs more, and no alert was named',
      withoutAlert(),
      { ...grown, values: {} },
      'scale-out',
      because('traffic-needs', { needed: 7 }),
    ],
    ['needs no more', request(), {}, 'watch', over],
    ['is unknown', request(), { values: { requestRatePerMinute: 'unknown' } }, 'watch', over],
    [
      'needs more, but tasks cannot start',
      request(),
      { ...grown, stoppedTasks: cannotStart },
      'hold',
      because('tasks-cannot-start'),
    ],
    ['cannot be compared: the service is unknown', request(), { service: throttled }, 'watch', over],
  ])('whose traffic %s', (_, of, part, action, reason) => {
    const made = planned(of, assessment(part), plan());
    expect([made.action, made.reasons[0]]).toEqual([action, reason]);
  });
});

describe('settings that are raised, though no record tells of a run', () => {
  const raised = registered({ bounds: raisedBounds });
  const lost = because('left-raised');
  const first = (earlier: Parameters<typeof planScaleOut>[4] = {}, autoscaling = raised) =>
    planScaleOut(withoutAlert(), assessment({ autoscaling }), service, production, earlier);

  it('are told, and the run does not end without a word', () => {
    expect(first()).toMatchObject({ action: 'watch', tell: true });
    expect(first().reasons.at(-1)).toEqual(lost);
  });

  it('are the own ones of a later round, or of a later run of the incident', () => {
    expect(first({ plan: plan() }).reasons).not.toContainEqual(lost);
    expect(first({ writingSince: now }).reasons).not.toContainEqual(lost);
  });

  it('are nothing where they are as usual', () => {
    expect(first({}, registered())).toMatchObject({ action: 'none', tell: false });
  });

  it('are told beside a person who is asked for', () => {
    const joined = planScaleOut(
      request({ alert: 'APIDown' }),
      assessment({ autoscaling: raised }),
      service,
      production,
      { joined: ['HighCPU'] },
    );
    expect(joined).toMatchObject({ action: 'watch', tell: true });
    expect(joined.reasons).toContainEqual(because('alert-asks-for-person', { alert: 'APIDown' }));
    expect(joined.reasons.at(-1)).toEqual(lost);
  });
});
