import { describe, expect, it, jest } from '@jest/globals';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import { notGivenBack, play } from '../harness.ts';
import { lowering, paged, told, wordsOf } from './support.ts';

jest.setTimeout(120_000);

/** The crowd has left by then, and the way back waits for approval or for calm. */
const evening = 2500;
const hour = 3600;
const fewer = (factor: number, from = evening): Trouble => ({
  kind: 'traffic',
  factor,
  from,
  until: from + 2 * hour,
});
const silent: Trouble = { kind: 'endpoint-down', endpoint: 'mcp', from: evening, until: evening + 2 * hour };

describe('scenario 48: traffic vanishes while something is unhealthy', () => {
  it.each([0.05, 0])(
    '%s of it still comes: no calm, no step, and people are paged at once',
    async (factor) => {
      const { report, sandbox } = await play({ world: () => ({ troubles: [fewer(factor), silent] }) });
      const start = Date.parse('2026-10-02T17:00:00Z');
      const during = lowering(report).filter(({ at }) => {
        const second = (Date.parse(at) - start) / 1000;
        return second > evening + 600 && second < evening + 2 * hour;
      });

      expect(during).toEqual([]);
      expect(wordsOf(sandbox)).toMatch(/traffic has vanished: \d+\/min, usual at this hour is \d+\/min/);
      expect(told(sandbox)).toContain('still-scaled-out');
      expect(paged(sandbox)).toContain('trigger');
      expect(report.outcome).toBe('restored');
      expect(notGivenBack(report)).toEqual([]);
    },
  );

  it('no request at all, and nothing is wrong: calm after the longer time, and the page says so', async () => {
    const recovered = 690;
    const { report, sandbox } = await play({ world: () => ({ troubles: [fewer(0, recovered)] }) });

    expect(report.outcome).toBe('restored');
    expect(wordsOf(sandbox)).toContain('- no request came for 30 min;');
  });

  it.each([0.01, 0])('an idle staging, %s of the traffic: it goes back by itself', async (factor) => {
    const { report } = await play({ environment: 'staging', world: () => ({ troubles: [fewer(factor)] }) });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });
});

describe('scenario 48: every metric is zero', () => {
  it('zeros of a source that has lost the service are no calm: no step, and nothing ends green', async () => {
    const lost = (['CPUUtilization', 'TargetResponseTime', 'RequestCount'] as const).map(
      (metric): Trouble => ({
        kind: 'metric-fault',
        metric,
        fault: 'zero',
        from: evening,
        until: evening + 2 * hour,
      }),
    );
    const { report, sandbox } = await play({ world: () => ({ troubles: lost }) });
    const start = Date.parse('2026-10-02T17:00:00Z');
    const blind = lowering(report).filter(({ at }) => {
      const second = (Date.parse(at) - start) / 1000;
      return second > evening + 600 && second < evening + 2 * hour;
    });

    expect(blind).toEqual([]);
    expect(JSON.stringify(sandbox.logs.map(({ fields }) => fields))).toContain('every datapoint is zero');
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });
});
