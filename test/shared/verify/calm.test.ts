import { describe, expect, it } from '@jest/globals';
import { because } from '../../../shared/format/reasons.ts';
import { told } from '../../../shared/format/unknown.ts';
import { verify } from '../../../shared/verify/verify.ts';
import {
  assessment,
  healthy,
  planBack,
  production,
  request,
  secondsLater,
  service,
  snapshot,
  unhealthy,
  view,
} from '../../support/builders.ts';
import { check, earlier, type Part } from '../../support/checks.ts';

const none = {
  level: 'unknown' as const,
  source: 'CloudWatch',
  unknown: told({ cause: 'no-requests', healthy: 3 }),
};
const nobody = () => {
  const seen = assessment({ service: view({ desired: 9, running: 9 }) });
  const rows = { requestRatePerMinute: none, latencyP95Seconds: none, latencyP99Seconds: none };
  return { ...seen, metrics: { ...seen.metrics, ...rows, errorRatePercent: none } };
};
const look = (seen: Part, calmForSeconds?: number, reasons = [{ code: '', text: '' }]) =>
  check('calm', seen, {
    plan: planBack(),
    snapshot: snapshot({ usual: { requestRatePerMinute: 600 } }),
    ...earlier('calm', 3600, {
      ...(calmForSeconds === undefined ? {} : { calmSince: secondsLater(-calmForSeconds) }),
      reasons,
    }),
  });

describe('calm without any request', () => {
  it.each([
    [300, 'waiting'],
    [1799, 'waiting'],
    [1800, 'reached'],
  ])('after %s s without a breach: %s', (seconds, state) => {
    expect(look(nobody(), seconds)).toMatchObject({
      state,
      tasksNeeded: 1,
      reasons: [{ code: 'stabilising-without-requests', seconds, needed: 1800 }],
    });
  });
});

describe('traffic that has vanished', () => {
  const unwell = {
    health: { api: unhealthy, mcp: healthy },
    service: view({ desired: 9, running: 9 }),
  };
  const gone = assessment({ values: { requestRatePerMinute: 20 }, ...unwell });

  it('ends the calm and is told at once, but not again at every look', () => {
    const first = look(gone, 240);
    expect(first).toMatchObject({ state: 'waiting', mention: true });
    expect(first).not.toHaveProperty('calmSince');
    expect(first.reasons[0]).toMatchObject({ code: 'traffic-vanished', rate: 20, usual: 600 });
    expect(look(gone, undefined, first.reasons).mention).toBe(false);
  });

  it('stands before what is critical', () => {
    const seen = assessment({ values: { requestRatePerMinute: 20, errorRatePercent: 40 }, ...unwell });
    expect(look(seen).reasons.map(({ code }) => code)).toEqual(['traffic-vanished', 'metric-critical']);
  });
});

describe('tasks that run on after a step', () => {
  const stepWith = (running: number) =>
    check('step', { service: view({ desired: 6, running }) }, { plan: planBack(), snapshot: snapshot() });

  it('are said, and nobody waits for them: ECS keeps protected ones', () => {
    expect(stepWith(8)).toMatchObject({
      state: 'reached',
      reasons: [{ code: 'step-is-fine' }, { code: 'tasks-stay', running: 8, desired: 6 }],
    });
    expect(stepWith(6).reasons.map(({ code }) => code)).toEqual(['step-is-fine']);
  });
});

describe('users who are affected while calm is waited for', () => {
  const hurt = assessment({ values: { errorRatePercent: 5 } });
  const affected = (seconds: number | undefined, seen: Part = hurt) =>
    check('calm', seen, {
      plan: undefined,
      ...earlier('calm', 3600, seconds === undefined ? {} : { affectedSince: secondsLater(-seconds) }),
    });

  it.each([
    [undefined, 'waiting'],
    [599, 'waiting'],
    [600, 'alarm'],
  ])('for %s s: %s', (seconds, state) => {
    expect(affected(seconds)).toMatchObject({ state, affectedSince: secondsLater(-(seconds ?? 0)) });
  });

  it('are why it scales out again', () => {
    expect(affected(600).reasons).toEqual([
      because('stays-critical', { seconds: 600 }),
      because('metric-critical', { metric: 'errorRatePercent', value: 5 }),
    ]);
  });

  it.each(['latencyP95Seconds', 'latencyP99Seconds'])('by how long they wait: %s', (metric) => {
    expect(affected(600, assessment({ values: { [metric]: 9 } })).state).toBe('alarm');
  });

  it('are not affected by CPU alone, nor any more once it is over', () => {
    for (const seen of [assessment({ values: { cpuPercent: 95 } }), assessment()]) {
      expect(affected(600, seen)).toMatchObject({ state: 'waiting' });
      expect(affected(600, seen)).not.toHaveProperty('affectedSince');
    }
  });

  it('are remembered for this goal only', () => {
    const check = { goal: 'step' as const, request: request() };
    expect(verify(check, hurt, service, production)).not.toHaveProperty('affectedSince');
  });
});
