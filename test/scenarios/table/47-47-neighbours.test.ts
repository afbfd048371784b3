import { describe, expect, it, jest } from '@jest/globals';
import { playBriefly } from '../harness.ts';
import { ownWrites, told } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 47: errors of a neighbour on a shared load balancer', () => {
  const neighbour = { kind: 'neighbour', requestsPerMinute: 900, targetErrorsPerMinute: 200 } as const;
  const until = 3000;

  it('start no run, add no task and tell nobody', async () => {
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      world: () => ({ troubles: [{ ...neighbour, errorsPerMinute: 600, from: 60, until }] }),
    });

    expect([report.executions, ownWrites(report), told(sandbox)]).toEqual([[], [], []]);
  });

  it('hold no crowd of ours up: as many tasks as without them, and the way back', async () => {
    const troubles = [{ ...neighbour, errorsPerMinute: 600, from: 60, until: 9999 }];
    const [alone, shared] = [await playBriefly(), await playBriefly({ world: () => ({ troubles }) })];
    const most = ({ report }: typeof alone) =>
      Math.max(...ownWrites(report).map(({ to }) => Number(to.desired ?? 0)));

    expect([most(shared), shared.report.outcome]).toEqual([most(alone), 'restored']);
  });
});
