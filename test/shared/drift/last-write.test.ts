import { beforeEach, describe, expect, it } from '@jest/globals';
import { noteWritten, readWritten } from '../../../shared/drift/last-write.ts';
import { because } from '../../../shared/format/reasons.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { bounds, incident, now, policy, raisedBounds, raisedPolicy } from '../../support/builders.ts';

let store: RecordStore;
beforeEach(() => {
  store = memoryRecordStore({ now: () => new Date(now) });
});
const note = (written: Parameters<typeof noteWritten>[1], of = incident()) => noteWritten(of, written, store);

describe('the note of what was written', () => {
  it('is empty before the first write, and without an incident', async () => {
    expect(await readWritten(incident(), store)).toEqual({});
    expect(await readWritten(undefined, store)).toEqual({});
  });

  it('keeps the last value of each setting', async () => {
    await note({ bounds: raisedBounds });
    await note({ desired: 9 });
    await note({ cpuPolicy: raisedPolicy });
    expect(await readWritten(incident(), store)).toEqual({
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
    expect(await readWritten(incident(), store)).toMatchObject({ restoreTo });
    expect(await readWritten(incident(), store)).toMatchObject({ desired: 7, cpuPolicy: raisedPolicy });
    await note({ bounds: bounds() });
    await note({ cpuPolicy: policy() });
    expect(await readWritten(incident(), store)).toEqual({
      desired: 7,
      bounds: bounds(),
      cpuPolicy: policy(),
      restoreTo,
    });
  });

  it('belongs to its incident', async () => {
    await note({ desired: 9 });
    await note({ desired: 5 }, incident({ id: 'incident-2' }));

    expect(await readWritten(incident(), store)).toEqual({ desired: 9 });
    expect(await readWritten(incident({ id: 'incident-2' }), store)).toEqual({ desired: 5 });
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

    await expect(noteWritten(incident(), { desired: 9 }, crowded)).rejects.toThrow(
      'the note of what was written changed 5 times while it was written',
    );
    expect(attempts).toBe(5);
  });
});
