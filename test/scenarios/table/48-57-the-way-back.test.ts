import { describe, expect, it, jest } from '@jest/globals';
import { textsOf } from '../../../shared/format/reasons.ts';
import { notGivenBack, play } from '../harness.ts';

jest.setTimeout(120_000);

describe('scenario 49: the service is normally at a warning', () => {
  it.each([1.3, 1.4])('%s × the traffic: CPU that its policy holds at warning is calm', async (factor) => {
    const { report } = await play({
      world: ({ arrivals }) => ({ arrivals: (seconds) => factor * (arrivals?.(seconds) ?? 0) }),
    });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('what was worse than before is not calm', async () => {
    const { report } = await play({
      world: () => ({ troubles: [{ kind: 'connections-held', connections: 35, from: 900, until: 1e6 }] }),
      change: ({ timing }) => Object.assign(timing.calm, { deadlineSeconds: 1800 }),
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toMatch(/PgBouncer pool .* is at warning/);
  });
});

describe('scenario 51: the health URL is unreachable, redirects, is filtered', () => {
  it.each([
    ['no answer, from the start on', { from: 0, until: 1e6 }, 'held'],
    ['no answer during the emergency', { from: 600, until: 1500 }, 'restored'],
    ['no answer since the tasks are more', { from: 1000, until: 1e6 }, 'held'],
  ])('%s: convicts nobody', async (_, when, outcome) => {
    const { report } = await play({
      world: () => ({ troubles: [{ kind: 'endpoint-down', endpoint: 'api', ...when }] }),
      change: ({ timing }) => Object.assign(timing.calm, { deadlineSeconds: 1800 }),
    });

    expect(Number(report.peak?.desired)).toBeGreaterThan(Number(report.before?.desired));
    expect(report.executions.map(({ stateMachine }) => stateMachine).join()).not.toMatch(/rollback/);
    expect(report.outcome).toBe(outcome);
  });

  it.each(['{"status":"success"}', 'all good', '{"healthz":true}'])(
    'a body that says %s',
    async (healthBody) => {
      const { report } = await play({ world: () => ({ healthBody }) });
      expect(report.outcome).toBe('restored');
    },
  );
});
