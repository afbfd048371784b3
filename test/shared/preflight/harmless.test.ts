import { describe, expect, it } from '@jest/globals';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { neverAgain, whyNoWrite } from '../../../shared/preflight/harmless.ts';
import { recordTrials } from '../../../shared/preflight/records.ts';
import { tried } from '../../../shared/preflight/trials.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import { context } from '../../functions/harness.ts';
import { now, record, service } from '../../support/builders.ts';
import { ask } from './support.ts';

const emptyStore = () => memoryRecordStore({ now: () => new Date(now) });
const key = serviceKey(service.cluster, service.service);

describe('whether present values may be written', () => {
  it.each<[string, unknown, string | undefined]>([
    ['no record', undefined, undefined],
    ['a restored incident', record({ incidentOpen: false, outcome: 'restored' }), undefined],
    ['a run that has not ended', record({ incidentOpen: false, outcome: undefined }), 'incident-open'],
    [
      'settings that are not given back',
      record({ incidentOpen: true, outcome: 'recovered' }),
      'incident-open',
    ],
    ['a record that nobody understands', { half: true }, 'incident-open'],
  ])('with %s', async (_, body, why) => {
    const store = emptyStore();
    if (body) await store.write(key, body, { expected: 'absent' });
    expect(await whyNoWrite(ask, service, context(store))).toBe(why);
  });

  it('not by a person who only looks, not while the switch is off, not where the lock cannot be read', async () => {
    const store = emptyStore();
    expect(await whyNoWrite({ ...ask, writes: false }, service, context(store))).toBe('reads-only');
    expect(await whyNoWrite(ask, service, context(store, { isOn: async () => false }))).toBe('switched-off');
    const broken = { ...store, read: () => Promise.reject(new Error('no')) };
    expect(await whyNoWrite(ask, service, context(broken))).toBe('unread');
  });

  it('never a second time', async () => {
    await expect(neverAgain()).rejects.toMatchObject({ name: 'ThrottledError' });
  });
});

describe('a record', () => {
  const rows = async (store: ReturnType<typeof emptyStore>, writes = true) => {
    const trials = recordTrials(store, { writes }, { reads: ['service'], writes: ['written'] });
    return (await tried('scale-out', trials, context(store))).rows.map(({ check, on, result, why }) => [
      check,
      on,
      why ?? result,
    ]);
  };

  it('is read, and written by a condition that cannot hold', async () => {
    const store = emptyStore();
    const stored: boolean[] = [];
    const watched = {
      ...store,
      write: async (...given: Parameters<typeof store.write>) => {
        const written = await store.write(...given);
        stored.push(written);
        return written;
      },
    };
    expect(await rows(watched)).toEqual([
      ['dynamodb:GetItem', 'service/*', 'ok'],
      ['dynamodb:GetItem', 'written/*', 'ok'],
      ['dynamodb:PutItem', 'written/*', 'ok'],
    ]);
    expect(stored).toEqual([false]);
    expect(await store.read('written/preflight')).toBeUndefined();
  });

  it('is not written by who only reads', async () => {
    expect((await rows(emptyStore(), false)).at(-1)).toEqual(['dynamodb:PutItem', 'written/*', 'reads-only']);
  });

  it('that is stored all the same is a fault', async () => {
    const store = { ...emptyStore(), write: async () => true };
    expect((await rows(store)).at(-1)).toEqual(['dynamodb:PutItem', 'written/*', 'failed']);
  });
});
