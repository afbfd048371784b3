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
