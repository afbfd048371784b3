import { describe, expect, it, jest } from '@jest/globals';
import { mails } from './approval-support.ts';
import { asPerson, play, reaching } from './harness.ts';
import { name, setBounds, setCount } from './table/support.ts';

jest.setTimeout(60_000);

const scalable = {
  ServiceNamespace: 'ecs',
  ResourceId: `service/${name.cluster}/${name.service}`,
  ScalableDimension: 'ecs:service:DesiredCount',
};

describe('a person raises above the old max while the run waits for calm: the plan can be carried out', () => {
  it('the count', async () => {
    const { report, sandbox } = await play({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await setCount(present, 15);
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.after).toMatchObject({ desired: 15, min: 1, max: 15 });
    expect(mails(sandbox)[0]?.text).toContain('max stays at 15 instead of 10');
  });

  it('min', async () => {
    const { report, sandbox } = await play({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await asPerson(present, setBounds, { ...scalable, MinCapacity: 12, MaxCapacity: 20 });
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.after).toMatchObject({ desired: 12, min: 12, max: 12 });
    expect(mails(sandbox)[0]?.text).toContain('max stays at 12 instead of 10: a person raised min to 12');
  });
});
