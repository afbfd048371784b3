import { beforeEach, describe, expect, it } from '@jest/globals';
import { LockLostError, LockRecordGoneError, WriteConflictError } from '../../../shared/core/errors.ts';
import type { Request } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { assertLock } from '../../../shared/incident/lock.ts';
import { openIncident } from '../../../shared/incident/open.ts';
import {
  readServiceRecord,
  serviceKey,
  updateServiceRecord,
} from '../../../shared/incident/service-record.ts';
import { readSnapshot, storeSnapshot } from '../../../shared/incident/snapshot-store.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import {
  arn,
  incident,
  now,
  production,
  record,
  request,
  service,
  snapshot,
} from '../../support/builders.ts';

const key = serviceKey(service.cluster, service.service);
let store: RecordStore;
beforeEach(() => {
  store = memoryRecordStore({ now: () => new Date(now) });
});

const run = (name: string, part: Partial<Request> = {}) =>
  request({ execution: { arn: arn('emergency-scaling', name), name, startedAt: now }, ...part });
const open = (asked: Request, running: string[] = []) =>
  openIncident(asked, store, production, async (execution) => running.includes(execution));

describe('opening an incident', () => {
  it('stores who holds the lock', async () => {
    const opened = await open(run('one'));

    expect(opened).toMatchObject({
      status: 'opened',
      lockNumber: 1,
      service: { cluster: 'buywhere-production', service: 'buywhere-api' },
    });
    expect(await readServiceRecord(opened, store)).toMatchObject({
      owner: arn('emergency-scaling', 'one'),
      incidentOpen: true,
      lockNumber: 1,
    });
  });

  it('gives a run for the cache a lock of its own: neither waits for the other', async () => {
    const emergency = await open(run('one'));
    const relief = await open(run('two', { machine: 'redis-emergency' }), [arn('emergency-scaling', 'one')]);
    expect(relief).toMatchObject({ status: 'opened', lock: 'cache', lockNumber: 1 });
    expect(relief.id).not.toBe(emergency.id);
    expect(await readServiceRecord(emergency, store)).toMatchObject({
      owner: arn('emergency-scaling', 'one'),
    });
    expect(await readServiceRecord(relief, store)).toMatchObject({ machine: 'redis-emergency' });
    const second = run('three', { machine: 'redis-emergency' });
    expect(await open(second, [arn('emergency-scaling', 'two')])).toMatchObject({ status: 'busy' });
  });

  it('changes nothing when it is repeated', async () => {
    const first = await open(run('one'));
    const again = await open(run('one'));

    expect(again).toMatchObject({ id: first.id, lockNumber: 1 });
  });

  it('lets exactly one of many runs that start at once win; the others join it', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const running = names.map((name) => arn('emergency-scaling', name));
    const all = await Promise.all(names.map((name) => open(run(name), running)));

    expect(all.map(({ status }) => status).sort()).toEqual(['joined', 'joined', 'joined', 'opened']);
    expect(new Set(all.map(({ id, lockNumber }) => `${id} ${lockNumber}`)).size).toBe(1);
  });

  it('decides again when another run was faster', async () => {
    const slow: RecordStore = {
      read: (name) => store.read(name),
      async write(name, body, options) {
        // Between this run's read and its write, another one takes the lock.
        if (options.expected === 'absent')
          await store.write(name, record({ owner: 'arn:faster' }), { expected: 'absent' });
        return store.write(name, body, options);
      },
    };
    const joined = await openIncident(run('one'), slow, production, async () => true);

    expect(joined).toMatchObject({
      status: 'joined',
      reasons: [{ code: 'lock-joined', machine: 'emergency-scaling', owner: 'arn:faster' }],
    });
  });

  it.each([
    ['APIDown', true],
    ['HighLatencyP99', undefined],
    [undefined, undefined],
  ] as const)('joins with %s, which asks for a person at once: %s', async (alert, escalate) => {
    await openIncident(run('one'), store, production, async () => true);
    const joined = await openIncident({ ...run('two'), alert }, store, production, async () => true);

    expect([joined.status, joined.escalate]).toEqual(['joined', escalate]);
  });

  it('that opens with APIDown leaves it to its plan to ask for a person', async () => {
    const opened = await openIncident(
      { ...run('one'), alert: 'APIDown' },
      store,
      production,
      async () => true,
    );

    expect([opened.status, opened.escalate]).toEqual(['opened', undefined]);
  });

  it('gives up after five attempts when the record changes without end', async () => {
    let attempts = 0;
    const hopeless: RecordStore = {
      read: (name) => store.read(name),
      async write() {
        attempts++;
        return false;
      },
    };
    await expect(openIncident(run('one'), hopeless, production, async () => false)).rejects.toThrow(
      new WriteConflictError(
        `record ${key} was changed by others 5 times in a row; nothing was written to it`,
      ),
    );
    expect(attempts).toBe(5);
  });

  it('does not ask whether the run itself runs', async () => {
    await open(run('one'));
    const asked: string[] = [];
    await openIncident(run('one'), store, production, async (execution) => asked.push(execution) > 0);

    expect(asked).toEqual([]);
  });

  it('passes on what the run needs to know of the incident that it joins or takes over', async () => {
    const stored = record({ machine: 'scale-in', owner: arn('scale-in', 'old'), snapshotStored: true });
    await store.write(key, { ...stored, joinedAlerts: ['HighCPU'] }, { expected: 'absent' });

    expect(await open(run('one'), [stored.owner])).toEqual({
      status: 'continued',
      id: stored.incidentId,
      service: { cluster: service.cluster, service: service.service },
      lockNumber: 2,
      joinedAlerts: ['HighCPU'],
      snapshotStored: true,
      superseded: stored.owner,
      reasons: [because('incident-continues', { incident: stored.incidentId })],
    });
  });

  it('names nobody as superseded where nobody is', async () => {
    expect(await open(run('one'))).not.toHaveProperty('superseded');
  });

  it('keeps a run waiting without touching the record', async () => {
    await open(run('one'));
    const before = await store.read(key);
    const busy = await open(run('two', { machine: 'scale-in' }), [arn('emergency-scaling', 'one')]);

    expect(busy).toMatchObject({ status: 'busy', lockNumber: 1, snapshotStored: false, joinedAlerts: [] });
    expect(await store.read(key)).toEqual(before);
  });

  it('takes no lock in a dry run', async () => {
    const peeked = await open(run('one', { dryRun: true }));

    expect(peeked).toEqual({
      status: 'opened',
      id: 'one',
      service: { cluster: service.cluster, service: service.service },
      lockNumber: 0,
      joinedAlerts: [],
      snapshotStored: false,
      reasons: [because('lock-not-taken')],
    });
    expect(await store.read(key)).toBeUndefined();
  });

  it('looks at the open incident in a dry run', async () => {
    const opened = await open(run('one'));
    expect(await open(run('two', { dryRun: true }))).toMatchObject({
      status: 'continued',
      id: opened.id,
      snapshotStored: false,
    });
  });

  it.each([true, false])(
    'knows of a snapshot in a dry run while the incident is open: %s',
    async (incidentOpen) => {
      await store.write(key, record({ snapshotStored: true, incidentOpen }), { expected: 'absent' });
      expect(await open(run('two', { dryRun: true }))).toMatchObject({ snapshotStored: incidentOpen });
    },
  );
});

describe('the lock', () => {
  it('holds for who has the newest number', async () => {
    await expect(assertLock(await open(run('one')), store)).resolves.toMatchObject({ lockNumber: 1 });
  });

  it('is lost as soon as another run holds a newer number', async () => {
    const old = await open(run('one'));
    await open(run('two'));

    await expect(assertLock(old, store)).rejects.toThrow(
      /this run's lock number is 1, but emergency-scaling .*:two holds number 2; nothing was written/,
    );
    await expect(
      updateServiceRecord(old, store, (stored) => ({ ...stored, incidentOpen: false })),
    ).rejects.toThrow(LockLostError);
    expect(await store.read(key)).toMatchObject({ body: { incidentOpen: true } });
  });

  it('cannot be used where no record exists', async () => {
    await expect(updateServiceRecord(incident(), store, (stored) => stored)).rejects.toThrow(
      LockRecordGoneError,
    );
  });

  it('gives up after five attempts when alerts join all the time', async () => {
    const opened = await open(run('one'));
    let attempts = 0;
    const crowded: RecordStore = {
      read: (name) => store.read(name),
      async write() {
        attempts++;
        return false;
      },
    };

    await expect(updateServiceRecord(opened, crowded, (stored) => stored)).rejects.toThrow(
      new WriteConflictError(
        `record ${key} was changed by others 5 times in a row; nothing was written to it`,
      ),
    );
    expect(attempts).toBe(5);
  });

  it('is nobody else’s where no record exists: the record is gone', async () => {
    await expect(assertLock(incident(), store)).rejects.toThrow(
      new LockRecordGoneError(
        "this run's lock number is 1, but the lock record is gone; nothing was written",
      ),
    );
  });

  it.each([
    ['with a lower number', { lockNumber: 1 }],
    ['with its own number and another incident', { lockNumber: 3, incidentId: 'other', incidentOpen: true }],
  ])('is gone where the table was restored or begun anew: a record %s', async (_, restored) => {
    await store.write(key, record(restored), { expected: 'absent' });

    await expect(assertLock(incident({ lockNumber: 3 }), store)).rejects.toThrow(LockRecordGoneError);
  });

  it('survives that an alert joins while it is used', async () => {
    const opened = await open(run('one'));
    await open(run('two', { alert: 'HighCPU' }), [arn('emergency-scaling', 'one')]);
    await updateServiceRecord(opened, store, (stored) => ({ ...stored, snapshotStored: true }));

    expect(await readServiceRecord(opened, store)).toMatchObject({
      joinedAlerts: ['HighCPU'],
      snapshotStored: true,
    });
  });
});

describe('the snapshot of an incident', () => {
  it('is stored once; a later run keeps the first one', async () => {
    const opened = await open(run('one'));
    await storeSnapshot(opened, snapshot({ incidentId: opened.id, desired: 3 }), store);
    const second = await storeSnapshot(opened, snapshot({ incidentId: opened.id, desired: 12 }), store);

    expect(second).toEqual({ key: `snapshot/${opened.id}`, takenAt: now });
    expect(await readSnapshot(opened, store)).toMatchObject({ desired: 3 });
    expect(await readServiceRecord(opened, store)).toMatchObject({ snapshotStored: true });
  });

  it('is not taken for stored when it cannot be read', async () => {
    const forgetful: RecordStore = { read: async () => undefined, write: async () => true };
    await expect(storeSnapshot(incident(), snapshot(), forgetful)).rejects.toThrow(
      'snapshot snapshot/incident-1 was written but cannot be read',
    );
  });

  it('is absent where none was taken', async () => {
    expect(await readSnapshot(incident(), store)).toBeUndefined();
  });
});
