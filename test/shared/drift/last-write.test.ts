import { beforeEach, describe, expect, it } from '@jest/globals';
import { noteLastWrite, readLastWrite } from '../../../shared/drift/last-write.ts';
import { because } from '../../../shared/format/reasons.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { bounds, incident, now, policy, raisedBounds, raisedPolicy } from '../../support/builders.ts';

let store: RecordStore;
beforeEach(() => {
  store = memoryRecordStore({ now: () => new Date(now) });
});
const note = (written: Parameters<typeof noteLastWrite>[1], of = incident()) =>
  noteLastWrite(of, written, store);

describe('the note of what was written', () => {
  it('is empty before the first write, and without an incident', async () => {
    expect(await readLastWrite(incident(), store)).toEqual({});
    expect(await readLastWrite(undefined, store)).toEqual({});
  });

  it('keeps the last value of each setting', async () => {
    await note({ bounds: raisedBounds });
    await note({ desired: 9 });
    await note({ cpuPolicy: raisedPolicy });
    expect(await readLastWrite(incident(), store)).toEqual({
      desired: 9,
      bounds: raisedBounds,
      cpuPolicy: raisedPolicy,
    });

    const restoreTo = {
      bounds: bounds(),
      reasons: [because('changed-by-person', { setting: 'max', from: 20, to: 15 })],
    };
    await note({ restoreTo });
    await note({ desired: 7 });
    expect(await readLastWrite(incident(), store)).toMatchObject({ restoreTo });
    expect(await readLastWrite(incident(), store)).toMatchObject({ desired: 7, cpuPolicy: raisedPolicy });
    await note({ bounds: bounds() });
    await note({ cpuPolicy: policy() });
    expect(await readLastWrite(incident(), store)).toEqual({
      desired: 7,
      bounds: bounds(),
      cpuPolicy: policy(),
      restoreTo,
    });
  });

  it('belongs to its incident', async () => {
    await note({ desired: 9 });
    await note({ desired: 5 }, incident({ id: 'incident-2' }));

    expect(await readLastWrite(incident(), store)).toEqual({ desired: 9 });
    expect(await readLastWrite(incident({ id: 'incident-2' }), store)).toEqual({ desired: 5 });
  });

  it('is given up after five attempts, and says so', async () => {
    let attempts = 0;
    const crowded: RecordStore = {
      read: (key) => store.read(key),
      async write() {
        attempts++;
        return false;
      },
    };

    await expect(noteLastWrite(incident(), { desired: 9 }, crowded)).rejects.toThrow(
      'record written/incident-1 was changed by others 5 times in a row',
    );
    expect(attempts).toBe(5);
  });
});
