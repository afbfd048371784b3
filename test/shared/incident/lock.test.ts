import { describe, expect, it } from '@jest/globals';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Request } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { decideLock } from '../../../shared/incident/lock.ts';
import { heldRecord, type ServiceRecord } from '../../../shared/incident/service-record.ts';
import { arn, incident, now, production, record, request, secondsLater } from '../../support/builders.ts';

const { limits } = production;
const other = (machine: Request['machine'], part: Partial<Request> = {}) =>
  request({
    machine,
    execution: { arn: arn(machine, 'run-2'), name: 'run-2', startedAt: request().receivedAt },
    ...part,
  });
const decide = (stored: ServiceRecord | undefined, asked: Request, ownerRuns = false) =>
  decideLock(stored, asked, ownerRuns, limits);
const held = (machine: Request['machine'], part: Partial<ServiceRecord> = {}) =>
  record({ machine, owner: arn(machine, 'run-1'), ...part });

describe('who gets the lock', () => {
  it.each<[string, ServiceRecord | undefined, Request, boolean, string]>([
    ['the first run opens an incident', undefined, request(), false, 'opened'],
    [
      'the same run again goes on',
      record({ recentRuns: [request().receivedAt] }),
      request(),
      true,
      'continued',
    ],
    [
      'the same run again, its incident closed',
      record({ recentRuns: [now], incidentOpen: false }),
      request(),
      true,
      'opened',
    ],
    [
      'an emergency joins a running emergency',
      held('emergency-scaling'),
      other('emergency-scaling'),
      true,
      'joined',
    ],
    [
      'an emergency takes over from one that has recorded its end',
      held('emergency-scaling', { outcome: 'recovered' }),
      other('emergency-scaling'),
      true,
      'continued',
    ],
    ['an emergency joins a running rollback', held('rollback'), other('emergency-scaling'), true, 'joined'],
    [
      'an emergency takes over from a running scale-in',
      held('scale-in'),
      other('emergency-scaling'),
      true,
      'continued',
    ],
    ['a scale-in waits for a running emergency', held('emergency-scaling'), other('scale-in'), true, 'busy'],
    ['a scale-in waits for a running scale-in', held('scale-in'), other('scale-in'), true, 'busy'],
    ['a scale-in waits for a running rollback', held('rollback'), other('scale-in'), true, 'busy'],
    [
      'a rollback takes over from a running emergency',
      held('emergency-scaling'),
      other('rollback'),
      true,
      'continued',
    ],
    ['a rollback takes over from a running scale-in', held('scale-in'), other('rollback'), true, 'continued'],
    [
      'an emergency takes over from a run that configures',
      record({ ...held('configure-autoscaling'), incidentOpen: false }),
      other('emergency-scaling'),
      true,
      'opened',
    ],
    [
      'a run for the cache waits for a running emergency-scaling',
      held('emergency-scaling'),
      other('redis-emergency'),
      true,
      'busy',
    ],
    [
      'a run for the cache waits for a running scale-in',
      held('scale-in'),
      other('redis-emergency'),
      true,
      'busy',
    ],
    [
      'a run for the cache waits for a running redis-emergency',
      held('redis-emergency'),
      other('redis-emergency'),
      true,
      'busy',
    ],
    [
      'an emergency takes over from a run for the cache',
      held('redis-emergency'),
      other('emergency-scaling'),
      true,
      'continued',
    ],
    [
      'a run that configures waits for a running emergency',
      held('emergency-scaling'),
      other('configure-autoscaling'),
      true,
      'busy',
    ],
    [
      'a run that configures waits for the restore of an open incident',
      record({ snapshotStored: true }),
      other('configure-autoscaling'),
      false,
      'busy',
    ],
    [
      'a run that configures goes on where nothing has to be restored',
      record({ incidentOpen: false, snapshotStored: true }),
      other('configure-autoscaling'),
      false,
      'opened',
    ],
    [
      'a run for the pools waits for a running emergency, which raises them itself',
      held('emergency-scaling'),
      other('pgbouncer-emergency'),
      true,
      'busy',
    ],
    [
      'a run for the pools takes over from an emergency that has recorded its end',
      held('emergency-scaling', { outcome: 'recovered' }),
      other('pgbouncer-emergency'),
      true,
      'continued',
    ],
    [
      'a run for the pools waits for a running rollback',
      held('rollback'),
      other('pgbouncer-emergency'),
      true,
      'busy',
    ],
    [
      'a run for the pools waits for another one',
      held('pgbouncer-emergency'),
      other('pgbouncer-emergency'),
      true,
      'busy',
    ],
    [
      'a run for the pools takes over from one that has recorded its end',
      held('pgbouncer-emergency', { outcome: 'recovered' }),
      other('pgbouncer-emergency'),
      true,
      'continued',
    ],
    [
      'a run for the pools takes over from a running scale-in',
      held('scale-in'),
      other('pgbouncer-emergency'),
      true,
      'continued',
    ],
    [
      'an emergency takes over from a run for the pools',
      held('pgbouncer-emergency'),
      other('emergency-scaling'),
      true,
      'continued',
    ],
    [
      'a rollback takes over from a run for the pools',
      held('pgbouncer-emergency'),
      other('rollback'),
      true,
      'continued',
    ],
    [
      'a scale-in waits for a run for the pools',
      held('pgbouncer-emergency'),
      other('scale-in'),
      true,
      'busy',
    ],
    [
      'an execution that has ended holds nothing',
      held('emergency-scaling'),
      other('scale-in'),
      false,
      'continued',
    ],
    [
      'a closed incident is over',
      record({ incidentOpen: false }),
      other('emergency-scaling'),
      false,
      'opened',
    ],
  ])('%s', (_, stored, asked, ownerRuns, status) => {
    expect(decide(stored, asked, ownerRuns).status).toBe(status);
  });

  it('goes to what the running execution started itself', () => {
    const child = other('scale-in', { startedBy: arn('emergency-scaling', 'run-1') });
    const taken = decide(held('emergency-scaling'), child, true);

    expect(taken).toMatchObject({
      status: 'continued',
      record: { owner: child.execution.arn, lockNumber: 2, machine: 'scale-in' },
    });
    expect(taken).not.toHaveProperty('superseded');
  });

  it('leaves its alert to the run that it joins, beside those that joined before, each once', () => {
    const joined = (part: Partial<ServiceRecord>, alert?: Request['alert']) => {
      const asked = other('emergency-scaling', alert ? { alert } : {});
      const decision = decide(held('emergency-scaling', part), asked, true);
      return 'record' in decision ? [decision.record?.joinedAlerts, decision.record?.joinedNow] : [];
    };
    expect(joined({}, 'HighCPU')).toEqual([['HighCPU'], ['HighCPU']]);
    const before = { joinedAlerts: ['HighErrorRate', 'HighCPU'], joinedNow: ['HighCPU'] };
    expect(joined(before, 'HighLatencyP95')).toEqual([
      ['HighErrorRate', 'HighCPU', 'HighLatencyP95'],
      ['HighCPU', 'HighLatencyP95'],
    ]);
    expect(joined(before, 'HighCPU')).toEqual([['HighErrorRate', 'HighCPU'], ['HighCPU']]);
  });

  it('is held by a record of its own number and incident only, which every refusal names', () => {
    const mine = incident({ lockNumber: 2 });
    const holds = `emergency-scaling ${record().owner} holds number`;
    const refused = (stored: ServiceRecord | undefined) => () => heldRecord(stored, mine);
    const own = record({ lockNumber: 2 });
    expect(heldRecord(own, mine)).toBe(own);
    expect(refused(undefined)).toThrow(
      "this run's lock number is 2, but the lock record is gone; nothing was written",
    );
    expect(refused(record({ lockNumber: 3 }))).toThrow(
      `this run's lock number is 2, but ${holds} 3; nothing was written`,
    );
    expect(refused(record({ lockNumber: 1 }))).toThrow(
      `this run's lock number is 2, but the lock record is older than this run (${holds} 1); nothing was written`,
    );
    expect(refused(record({ lockNumber: 2, incidentId: 'incident-9' }))).toThrow('is older than this run');
  });

  it('names the scale-in that is superseded', () => {
    expect(decide(held('scale-in'), other('emergency-scaling'), true)).toMatchObject({
      superseded: arn('scale-in', 'run-1'),
    });
  });

  it.each<[string, ServiceRecord, Request, boolean]>([
    ['a scale-in that has ended', held('scale-in'), other('emergency-scaling'), false],
    [
      'the scale-in that started this run itself',
      held('scale-in'),
      other('emergency-scaling', { startedBy: arn('scale-in', 'run-1') }),
      true,
    ],
    ['an emergency, which nobody approves', held('emergency-scaling'), other('rollback'), true],
  ])('supersedes nothing else: not %s', (_, stored, asked, ownerRuns) => {
    const taken = decide(stored, asked, ownerRuns);

    expect(taken.status).toBe('continued');
    expect(taken).not.toHaveProperty('superseded');
  });

  it('gives a higher number with every holder, and none to who joins', () => {
    const before = record({ lockNumber: 7 });

    expect(decide(before, other('emergency-scaling'), false)).toMatchObject({ record: { lockNumber: 8 } });
    expect(decide(before, other('emergency-scaling'), true)).toMatchObject({
      record: { lockNumber: 7, owner: before.owner },
    });
  });

  it('writes down each alert that joined, once', () => {
    const joined = decide(
      record({ joinedAlerts: ['HighCPU'] }),
      other('emergency-scaling', { alert: 'HighCPU' }),
      true,
    );
    const more = decide(record({ joinedAlerts: ['HighCPU'] }), other('emergency-scaling'), true);

    expect([joined, more]).toMatchObject([
      { record: { joinedAlerts: ['HighCPU'] } },
      { record: { joinedAlerts: ['HighCPU', 'HighLatencyP99'] } },
    ]);
  });
});

describe('an event that is delivered again', () => {
  const seen = record({ seenEvents: ['event-1'], incidentOpen: false });

  it('starts nothing, though its run has ended', () => {
    expect(decide(seen, other('emergency-scaling', { eventId: 'event-1' }))).toEqual({
      status: 'joined',
      record: seen,
      reasons: [because('event-handled', { event: 'event-1' })],
    });
  });

  it('is told from a new one, and from a request without an event', () => {
    expect(decide(seen, other('emergency-scaling', { eventId: 'event-2' })).status).toBe('opened');
    expect(decide(seen, other('emergency-scaling')).status).toBe('opened');
  });

  it('is known by whoever got the lock or joined', () => {
    const asked = other('emergency-scaling', { eventId: 'event-2' });
    const ids = { seenEvents: ['event-1', 'event-2'] };

    expect(decide(undefined, asked)).toMatchObject({ record: { seenEvents: ['event-2'] } });
    expect(decide(seen, asked)).toMatchObject({ record: ids });
    expect(decide(seen, asked, true)).toMatchObject({ status: 'joined', record: ids });
    expect(decide(seen, other('rollback'))).toMatchObject({ record: { seenEvents: ['event-1'] } });
  });

  it('is forgotten after twenty others', () => {
    const seenEvents = Array.from({ length: 20 }, (_, number) => `event-${number}`);

    expect(decide(record({ seenEvents }), other('rollback', { eventId: 'event-20' }))).toMatchObject({
      record: { seenEvents: [...seenEvents.slice(1), 'event-20'] },
    });
  });
});

describe('an incident', () => {
  it('keeps its snapshot while it is open', () => {
    const open = record({ snapshotStored: true, incidentId: 'incident-1' });
    expect(decide(open, other('emergency-scaling'))).toMatchObject({
      record: { incidentId: 'incident-1', snapshotStored: true },
    });
  });

  it('is not opened by a run that configures', () => {
    const decision = decide(undefined, other('configure-autoscaling'));
    expect(decision).toMatchObject({ status: 'opened', record: { incidentOpen: false } });
  });

  it('starts without one', () => {
    const closed = record({ snapshotStored: true, incidentOpen: false });
    const next = decide(closed, other('emergency-scaling'));

    expect(next).toMatchObject({ record: { snapshotStored: false, incidentOpen: true } });
    expect('record' in next && next.record.incidentId).not.toBe(closed.incidentId);
  });

  it('has a name that fits executions, the same for a repeated call', () => {
    const opened = () => decide(undefined, request({ service: 'a-service-with-a-name-that-is-quite-long' }));
    const [one, again] = [opened(), opened()].map((decision) =>
      'record' in decision ? decision.record.incidentId : '',
    );

    expect(one).toMatch(/^a-service-with-a-name-that-is--20261002T171000Z-[0-9a-f]{6}$/);
    expect(`${one}-99999-again`.length).toBeLessThanOrEqual(80);
    expect(again).toBe(one);
  });
});

describe('the call of a run that is repeated', () => {
  it('is no capped run where only emergencies are counted', () => {
    const own = arn('scale-in', 'run-2');
    expect(decide(record({ machine: 'scale-in', owner: own }), other('scale-in')).status).toBe('continued');
  });

  it('of a run for the pools counts as no emergency run, and is not capped', () => {
    const runs = [-3599, -1800, -60].map((seconds) => secondsLater(seconds));
    const taken = decide(held('scale-in', { recentRuns: runs }), other('pgbouncer-emergency'), true);
    expect(taken).toMatchObject({ status: 'continued', superseded: arn('scale-in', 'run-1') });
    expect('record' in taken && taken.record?.recentRuns).toEqual(runs);
  });

  it('says again whom it has superseded', () => {
    const taken = decide(held('scale-in'), other('emergency-scaling'), true);
    const again = decide('record' in taken ? taken.record : undefined, other('emergency-scaling'));

    expect(again).toMatchObject({ status: 'continued', superseded: arn('scale-in', 'run-1') });
  });
});

describe('the reasons', () => {
  it.each<[string, ServiceRecord | undefined, Request, boolean, Reason[]]>([
    ['opened', undefined, request(), false, []],
    ['held already', record({ recentRuns: [now] }), request(), true, [because('lock-held')]],
    [
      'went on',
      record(),
      other('emergency-scaling'),
      false,
      [because('incident-continues', { incident: 'incident-1' })],
    ],
    [
      'has to wait for a restore',
      record({ snapshotStored: true }),
      other('configure-autoscaling'),
      false,
      [because('incident-open', { incident: 'incident-1' })],
    ],
    [
      'was busy',
      held('rollback'),
      other('scale-in'),
      true,
      [because('lock-busy', { machine: 'rollback', owner: arn('rollback', 'run-1') })],
    ],
  ])('say why it %s', (_, stored, asked, ownerRuns, reasons) => {
    expect(decide(stored, asked, ownerRuns).reasons).toMatchObject(reasons);
  });
});

describe('the hourly cap', () => {
  const runs = [-3599, -1800, -60].map((seconds) => secondsLater(seconds));

  it('stops the fourth emergency run within an hour', () => {
    const capped = decide(record({ recentRuns: runs }), other('emergency-scaling'));
    expect(capped).toEqual({
      status: 'capped',
      holder: record({ recentRuns: runs }),
      reasons: [because('runs-capped', { limit: 3 })],
    });
  });

  it('stops a scale-in all the same: its lock is taken away, also when the call is repeated', () => {
    const scaleIn = held('scale-in', { recentRuns: runs, snapshotStored: true });
    const capped = decide(scaleIn, other('emergency-scaling'), true);
    const stopped = arn('scale-in', 'run-1');

    expect(capped).toMatchObject({
      status: 'capped',
      superseded: stopped,
      record: { lockNumber: 2, incidentId: scaleIn.incidentId, snapshotStored: true, recentRuns: runs },
      reasons: [{ code: 'runs-capped', limit: 3, superseded: stopped }],
    });
    const repeated = decide('record' in capped ? capped.record : undefined, other('emergency-scaling'));
    expect(repeated).toMatchObject({
      status: 'capped',
      superseded: stopped,
      reasons: [{ code: 'runs-capped', limit: 3, superseded: stopped }],
    });
  });

  it('forgets runs of an hour ago', () => {
    const recentRuns = [secondsLater(-3600), ...runs.slice(1)];
    expect(decide(record({ recentRuns }), other('emergency-scaling'))).toMatchObject({
      status: 'continued',
      record: { recentRuns: [...runs.slice(1), request().receivedAt] },
    });
  });

  it('begins with the first emergency run', () => {
    expect(decide(undefined, request())).toMatchObject({ record: { recentRuns: [now] } });
    expect(decide(undefined, other('rollback'))).toMatchObject({ record: { recentRuns: [] } });
  });

  it('counts emergencies only, and stops neither scale-in nor rollback', () => {
    for (const machine of ['scale-in', 'rollback'] as const) {
      expect(decide(record({ recentRuns: runs }), other(machine))).toMatchObject({
        status: 'continued',
        record: { recentRuns: runs },
      });
    }
  });
});
