import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../../shared/document/assessment.ts';
import { because } from '../../../shared/format/reasons.ts';
import { healthy, plan, request, secondsLater, unhealthy, view } from '../../support/builders.ts';
import { check, earlier } from '../../support/checks.ts';

const nine = { service: view({ desired: 9, running: 9 }) };

describe('a release, right after a dependency was down', () => {
  const blamed: Cause = { name: 'deployment', confidence: 'high', evidence: [], against: [] };
  const seen = { ...nine, values: { errorRatePercent: 50 }, cause: blamed };
  const seenDown = (seconds: number) => earlier('recovered', 600, { downUntil: secondsLater(-seconds) });

  it('is not blamed for errors that are still seen', () => {
    expect(check('recovered', seen, seenDown(179)).state).toBe('waiting');
    expect(check('recovered', seen, seenDown(180))).toMatchObject({
      state: 'failed',
      reasons: [because('deployment-to-blame')],
    });
  });

  it('is not blamed for what was over before the run began', () => {
    const reason = because('fails-with-room', { minutes: 5, cpu: 40 });
    const cause: Cause = { ...blamed, evidence: [reason] };
    const state = (seconds: number) =>
      check('recovered', { ...seen, cause }, { request: request({ receivedAt: secondsLater(seconds) }) })
        .state;
    // The newest point is of now.
    expect(state(1)).toBe('waiting');
    expect(state(0)).toBe('failed');
  });

  it('is blamed for its own tasks, which fail, at any time', () => {
    const { taskDefinition } = view();
    const failing = {
      kind: 'ran-and-failed' as const,
      reason: 'exit code: 1',
      count: 3,
      asked: Array(3).fill(secondsLater(-30)),
      taskDefinition,
    };
    const fresh = view({ desired: 9, running: 3, rollout: 'in-progress', releasedAt: secondsLater(-300) });
    const state = check(
      'recovered',
      { values: { errorRatePercent: 50 }, service: fresh, stoppedTasks: [failing] },
      seenDown(15),
    ).state;
    expect(state).toBe('failed');
  });

  it('is blamed while the dependency is down: it may be what the release broke', () => {
    const api = { ...unhealthy, down: ['database'] };
    const state = check('recovered', { ...seen, health: { api, mcp: healthy } }, seenDown(15)).state;
    expect(state).toBe('failed');
  });

  it('has time until the errors that are still seen are over, but not while it is down', () => {
    const long = (seconds: number) => earlier('recovered', 10_000, { downUntil: secondsLater(-seconds) });
    const failing = { service: view({ desired: 9, running: 4 }), values: { errorRatePercent: 50 } };
    expect(check('recovered', failing, long(179)).state).toBe('waiting');
    expect(check('recovered', failing, long(180)).state).toBe('failed');
    const api = { ...unhealthy, down: ['database'] };
    expect(check('recovered', { ...failing, health: { api, mcp: healthy } }, long(15)).state).toBe('failed');
  });

  it('it is remembered when that was', () => {
    const api = { ...unhealthy, down: ['database'] };
    const health = { api: healthy, mcp: healthy };
    expect(check('recovered', { ...seen, health: { ...health, api } }).downUntil).toBe(secondsLater(15));
    expect(check('recovered', { ...seen, health: { ...health, mcp: api } }).downUntil).toBe(secondsLater(15));
    expect(check('recovered', seen, seenDown(60)).downUntil).toBe(secondsLater(-60));
    expect(check('recovered', seen)).not.toHaveProperty('downUntil');
    const waited = { plan: plan({ waiting: { told: [], looks: 1, until: secondsLater(-90) } }) };
    expect(check('recovered', seen, waited)).toMatchObject({
      state: 'waiting',
      downUntil: secondsLater(-90),
    });
    expect(check('recovered', seen, { ...waited, ...seenDown(60) }).downUntil).toBe(secondsLater(-60));
    expect(check('calm', { ...seen, health: { ...health, api } })).not.toHaveProperty('downUntil');
  });
});
