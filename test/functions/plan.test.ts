import { describe, expect, it } from '@jest/globals';
import { plan as step } from '../../functions/plan.ts';
import type { Approval } from '../../shared/document/outcome.ts';
import { noteLastWrite } from '../../shared/drift/last-write.ts';
import { because } from '../../shared/format/reasons.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import type { Snapshot } from '../../shared/incident/snapshot.ts';
import { snapshotKey } from '../../shared/incident/snapshot.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import {
  approval,
  assessment,
  bounds,
  configWith,
  incident,
  now,
  plan,
  raisedBounds,
  raisedPolicy,
  record,
  registered,
  request,
  secondsLater,
  service,
  snapshot,
  throttled,
  view,
} from '../support/builders.ts';
import { context, listening } from './harness.ts';

type Document = Parameters<typeof step.run>[0]['document'];
type Direction = 'out' | 'in';

interface Kept {
  /** What the record of the lock says; null where it is gone. */
  record?: Parameters<typeof record>[0] | null;
  snapshot?: Snapshot;
  written?: Parameters<typeof noteLastWrite>[1];
}
async function storeOf({ record: part = {}, snapshot: taken, written }: Kept) {
  const store = memoryRecordStore({ now: () => new Date(now) });
  if (part)
    await store.write(serviceKey(service.cluster, service.service), record(part), { expected: 'absent' });
  if (taken) await store.write(snapshotKey('incident-1'), taken, { expected: 'absent' });
  if (written) await noteLastWrite(incident(), written, store);
  return store;
}

const burning = assessment({
  values: { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 },
});
const run = async (direction: Direction, part: Partial<Document> = {}, kept: Kept = {}) =>
  step.run(
    { direction, document: { request: request(), incident: incident(), assessment: burning, ...part } },
    context(await storeOf(kept)),
  );

/** What a look at PostgreSQL left in the document. */
const askedPools = { at: now, of: burning.at, findings: [], slots: { maxConnections: 703, reserved: 3 } };
const raised = registered({ bounds: raisedBounds, cpuPolicy: raisedPolicy });
const calm = (desired: number) =>
  assessment({ service: view({ desired, running: desired }), autoscaling: raised });
const back = (part: Partial<Document> = {}, kept: Kept = { snapshot: snapshot() }) =>
  run('in', { request: request({ machine: 'scale-in' }), assessment: calm(9), ...part }, kept);

describe('alerts that have joined', () => {
  const joinedNow = ['HighCPU'];

  it('are named by the plan of their run', async () => {
    expect(await run('out', {}, { record: { joinedNow } })).toMatchObject({ joined: joinedNow });
  });

  it.each<[string, Direction, Partial<Document>, Kept]>([
    ['where none has', 'out', {}, {}],
    ['on the way back', 'in', { assessment: calm(9) }, { record: { joinedNow } }],
    [
      'in a dry run, which none joins',
      'out',
      { request: request({ dryRun: true }) },
      { record: { joinedNow } },
    ],
    [
      'in a dry run without an incident',
      'out',
      { request: request({ dryRun: true }), incident: undefined },
      {},
    ],
    ['without an incident', 'out', { incident: undefined }, {}],
    ['where the record of the lock is gone', 'out', {}, { record: null }],
  ])('are not named %s', async (_, direction, part, kept) => {
    expect(await run(direction, part, kept)).not.toHaveProperty('joined');
  });
});

describe('an approval that is there already', () => {
  const of = async (part: Partial<Approval>, at = now, seen = calm(9)) => {
    const { hash } = await back();
    return back({ approval: approval({ at, planHash: hash, ...part }), assessment: seen });
  };

  it.each<[string, boolean, number]>([
    ['just now', true, 0],
    ['four hours ago', true, 14_400],
    ['a second longer ago', false, 14_401],
  ])('given %s: %s', async (_, approved, seconds) => {
    expect(await of({}, secondsLater(-seconds))).toMatchObject({ action: 'scale-in', approved });
  });

  it('says nothing of another plan', async () => {
    expect(await of({ planHash: 'b'.repeat(64) })).toMatchObject({ action: 'scale-in', approved: false });
  });

  it('says nothing of a plan that waits', async () => {
    const seen = { ...calm(9), service: throttled };
    const { action, hash } = await back({ assessment: seen });
    expect(action).toBe('wait');
    expect(await of({ planHash: hash }, now, seen)).toMatchObject({ action: 'wait', approved: false });
  });

  it('is asked for on the way back only', async () => {
    expect(await back()).toMatchObject({ approved: false });
    expect(await run('out')).not.toHaveProperty('approved');
  });
});

describe('the connections of PgBouncers beside the tasks', () => {
  const beside = configWith((_, { pgbouncer }) =>
    Object.assign(pgbouncer ?? {}, {
      topology: 'sidecar',
      postgresql: { maxConnections: 10_000, reserved: 3 },
    }),
  );

  it.each([
    ['as configured', {}, undefined],
    ['by its own word, where this look has asked it', { pools: askedPools }, 4],
    ['not by what it said at another look', { pools: { ...askedPools, of: secondsLater(-60) } }, undefined],
  ])('leave room in PostgreSQL %s', async (_, part, tasks) => {
    const document = { request: request(), incident: incident(), assessment: burning, ...part };
    const made = await step.run(
      { direction: 'out', document },
      { ...context(await storeOf({})), config: beside },
    );
    const told = made.reasons.find(({ code }) => code === 'sidecar-budget');
    expect(told?.tasks).toBe(tasks);
    expect(made.desired?.to).toBe(tasks ?? 9);
  });
});

describe('the next look', () => {
  it.each<[string, Partial<Document>, number]>([
    ['as often as it verifies', {}, 15],
    ['seldom where AWS has throttled the run', { throttled: { waited: 1 } }, 60],
  ])('%s', async (_, part, nextCheckSeconds) => {
    expect(await run('out', part)).toMatchObject({ action: 'scale-out', nextCheckSeconds });
  });
});

describe('what an earlier run of the incident has left', () => {
  const stopped = (at: string) => [
    { kind: 'never-started' as const, reason: 'CannotPullContainerError', count: 2, asked: [at, at] },
  ];
  const missing = (at: string) =>
    assessment({
      values: { latencyP99Seconds: 5 },
      service: view({ desired: 9, running: 3 }),
      stoppedTasks: stopped(at),
      autoscaling: raised,
    });

  it.each<[string, string | undefined, string | undefined]>([
    ['its snapshot came first', secondsLater(-600), secondsLater(-300)],
    ['its write came first, by another clock', secondsLater(-300), secondsLater(-600)],
    ['only its write is known', undefined, secondsLater(-600)],
    ['only its snapshot is known', secondsLater(-600), undefined],
  ])('starts that failed since it began to write stand in the way: %s', async (_, takenAt, desiredAt) => {
    const kept = {
      ...(takenAt ? { snapshot: snapshot({ takenAt }) } : {}),
      ...(desiredAt ? { written: { desired: 9, desiredAt } } : {}),
    };
    const failed = because('task-stopped', { reason: 'CannotPullContainerError', count: 2 });
    const { reasons } = await run('out', { assessment: missing(secondsLater(-450)) }, kept);
    expect(reasons).toContainEqual(failed);
    const before = await run('out', { assessment: missing(secondsLater(-601)) }, kept);
    expect(before.reasons).not.toContainEqual(failed);
  });

  const mine = { desired: 9, bounds: raisedBounds, cpuPolicy: raisedPolicy };
  const byPerson = registered({ bounds: { ...raisedBounds, max: 15 }, cpuPolicy: raisedPolicy });
  const later = (autoscaling: (typeof burning)['autoscaling']) =>
    run('out', { assessment: { ...burning, autoscaling } }, { snapshot: snapshot(), written: mine });

  it("is remembered with a person's change since, before it is written over", async () => {
    const { restoreTo, reasons } = await later(byPerson);
    const why = because('changed-by-person', { setting: 'max', from: 20, to: 15 });
    expect(restoreTo).toMatchObject({ bounds: { min: 1, max: 15 }, reasons: [why] });
    expect(reasons).toContainEqual(why);
  });

  it.each<[string, (typeof burning)['autoscaling']]>([
    ['where nobody has changed anything', raised],
    [
      'where a scheduled action has',
      {
        ...byPerson,
        activities: [{ at: secondsLater(-60), max: 15, text: 'a schedule' }],
      },
    ],
    ['where no target is registered', { absent: true }],
    ['where autoscaling is unknown', throttled],
  ])('is all that the way back needs %s', async (_, autoscaling) => {
    const made = await later(autoscaling);
    expect(made.action).toBe('scale-out');
    expect(made).not.toHaveProperty('restoreTo');
  });
});

describe('a later round of the same run', () => {
  const change = { bounds: { to: raisedBounds }, desired: { to: 9 }, cpuPolicy: { to: raisedPolicy } };
  const seen = (desired: number) => ({
    ...burning,
    service: view({ desired, running: desired }),
    autoscaling: raised,
  });

  it("holds at a person's change", async () => {
    expect(await run('out', { plan: plan(), change, assessment: seen(12) })).toMatchObject({
      action: 'hold',
      reasons: [
        because('person-changed'),
        because('setting-changed', { setting: 'desired', from: 9, to: 12 }),
      ],
    });
  });

  it.each<[string, Partial<Document>]>([
    ['its own writes', { plan: plan(), change, assessment: seen(9) }],
    ['what differs before it has written', { plan: plan(), assessment: seen(5) }],
    ['writes without a plan', { change, assessment: seen(5) }],
  ])('takes for no change by a person: %s', async (_, part) => {
    expect(await run('out', part)).toMatchObject({ action: 'scale-out' });
  });

  it('does not compare what it cannot read', async () => {
    const blind = { ...burning, autoscaling: throttled };
    const { action, reasons } = await run('out', { plan: plan(), change, assessment: blind });
    expect(action).toBe('scale-out');
    expect(reasons).not.toContainEqual(because('person-changed'));
  });
});

describe('the way back', () => {
  const found = { desired: 9, bounds: raisedBounds, cpuPolicy: raisedPolicy };
  const verification = {
    goal: 'calm' as const,
    state: 'reached' as const,
    since: now,
    mention: false,
    nextCheckSeconds: 60,
    reasons: [],
  };
  const by = (from: number, to: number) => because('changed-by-person', { setting: 'desired', from, to });

  it('keeps what a person changed since the last write', async () => {
    const kept = { snapshot: snapshot(), written: { desired: 9 } };
    expect(await back({ assessment: calm(10) }, kept)).toMatchObject({
      desired: { from: 10, to: 10 },
      kept: [by(9, 10)],
    });
  });

  it('keeps what was changed since the first look, where nothing was written', async () => {
    const document = { assessment: calm(10), verification: { ...verification, found } };
    expect(await back(document)).toMatchObject({ desired: { from: 10, to: 10 }, kept: [by(9, 10)] });
  });

  it('takes the last write for newer than the first look', async () => {
    const document = { assessment: calm(10), verification: { ...verification, found } };
    const kept = { snapshot: snapshot(), written: { desired: 10 } };
    expect(await back(document, kept)).toMatchObject({ desired: { from: 10, to: 3 }, kept: [] });
  });
});

it('writes the whole plan to the log', async () => {
  for (const [direction, seen, message] of [
    ['out', burning, 'plan: scale-out'],
    ['in', calm(9), 'plan: scale-in'],
  ] as const) {
    const { log, lines } = listening();
    const store = await storeOf({ snapshot: snapshot({ bounds: bounds() }) });
    const document = { request: request(), incident: incident(), assessment: seen };
    const made = await step.run({ direction, document }, context(store, { log }));
    expect(made.hash).toHaveLength(64);
    expect(lines).toEqual([['info', message, made]]);
  }
});
