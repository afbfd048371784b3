import { describe, expect, it, jest } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { play, reaching } from '../harness.ts';
import { endsOf, lowering, ownWrites, paged, told, wordsOf } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 54: the lock record is gone', () => {
  /** Somebody deletes the record, or restores the table from before the run. */
  async function lose({ store, service, time }: Sandbox, restored?: object): Promise<void> {
    const key = serviceKey(service.cluster, service.service);
    const stored = await store.read(key);
    const body = { ...Object(stored?.body), ...restored };
    const gone = restored ? {} : { expiresAt: new Date(time.now()) };
    await store.write(key, body, { expected: stored?.version ?? 0, ...gone });
  }

  it.each<[string, string, string, object | undefined]>([
    ['deleted during the scale-out', 'emergency-scaling', 'Wait for the tasks', undefined],
    ['deleted while the service calms down', 'scale-in', 'Wait for calm', undefined],
    ['restored from before the run', 'emergency-scaling', 'Wait for the tasks', { lockNumber: 0 }],
  ])('%s: told and paged, and capacity stays', async (_, machine, state, restored) => {
    const { report, sandbox } = await play({
      meanwhile: async (present) => {
        await reaching(present, machine, state);
        await lose(present, restored);
      },
    });

    expect(endsOf(sandbox, machine)).toEqual(['Held']);
    expect(told(sandbox)).toContain('held');
    expect(paged(sandbox)).toContain('trigger');
    expect(wordsOf(sandbox)).toMatch(/the lock record is (gone|older than this run)/);
    expect(ownWrites(report).length).toBeGreaterThan(0);
    expect(lowering(report).filter(({ who }) => who !== 'person')).toEqual([]);
  });
});
