import { describe, expect, it } from '@jest/globals';
import type { Verification } from '../../../shared/document/verification.ts';
import { because } from '../../../shared/format/reasons.ts';
import type { Check } from '../../../shared/verify/check.ts';
import { production, secondsLater, view } from '../../support/builders.ts';
import { earlier, check as look, type Part } from '../../support/checks.ts';

/** The deadline of the shipped configuration. */
const deadline = production.timing.verify.deadlineSeconds;
/** Until the metrics of tasks that run are seen. */
const seen = production.planning.metricDelaySeconds + 120;

const check = (goal: Check['goal'], seen: Part, { since, settled }: { since: number; settled?: number }) =>
  look(
    goal,
    seen,
    earlier(goal, since, settled === undefined ? {} : { settledSince: secondsLater(-settled) }),
  );
const starting = (part: object = {}) => ({ service: view({ desired: 9, running: 5, pending: 4, ...part }) });

describe('tasks that start slowly', () => {
  it.each<[string, number | undefined, number, Verification['state']]>([
    ['as configured: the configured deadline', undefined, deadline, 'failed'],
    ['as configured, a second before', undefined, deadline - 1, 'waiting'],
    ['no longer than configured', 60, deadline, 'failed'],
    ['four minutes longer than configured: so much later', 300, deadline + 239, 'waiting'],
    ['and no later', 300, deadline + 240, 'failed'],
  ])('have time, %s', (_, startSeconds, since, state) => {
    const part = startSeconds === undefined ? {} : { startSeconds };
    const values = { requestRatePerMinute: 2400 };
    expect(check('recovered', { ...starting(part), values }, { since }).state).toBe(state);
  });

  it('have it in a rollback too, and not in a way back', () => {
    const slow = { service: view({ startSeconds: 300, rollout: 'in-progress' }) };
    expect(check('rolled-back', slow, { since: deadline + 239 }).state).toBe('waiting');
    expect(check('rolled-back', slow, { since: deadline + 240 }).state).toBe('failed');
    const { deadlineSeconds } = production.timing.calm;
    expect(check('calm', slow, { since: deadlineSeconds }).state).toBe('failed');
  });

  it.each<[string, number, Verification['state']]>([
    ['are waited for until their metrics are due', seen - 1, 'waiting'],
    ['are not waited for any longer', seen, 'failed'],
  ])('that run at the deadline at last %s', (_, settled, state) => {
    const unread = { values: { latencyP99Seconds: 'unknown' } } as const;
    const nine = { service: view({ desired: 9, running: 9 }), ...unread };
    expect(check('recovered', nine, { since: deadline, settled }).state).toBe(state);
  });

  it.each<[string, { desired: number; running: number }, number, Verification['state']]>([
    ['all that the plan asked for run', { desired: 14, running: 9 }, 2400, 'reached'],
    ['they are too few for the traffic', { desired: 14, running: 9 }, 2600, 'failed'],
    ['all but one run', { desired: 10, running: 9 }, 2400, 'reached'],
  ])('at the deadline, where autoscaling asked for more meanwhile and %s', (_, counts, rate, state) => {
    const now = { service: view({ ...counts, pending: counts.desired - counts.running }) };
    const verification = check(
      'recovered',
      { ...now, values: { requestRatePerMinute: rate } },
      { since: deadline },
    );
    expect(verification.state).toBe(state);
    if (state !== 'reached') return;
    const { running, desired: wanted } = counts;
    expect(verification.reasons).toEqual([because('enough-for-traffic', { running, wanted, needed: 9 })]);
  });
});
