import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { waitVerify } from '../../functions/wait-verify.ts';
import { because } from '../../shared/format/reasons.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import { snapshotKey } from '../../shared/incident/snapshot.ts';
import type { Log } from '../../shared/lambda/context.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import {
  assessment,
  incident,
  now,
  plan,
  planBack,
  raisedBounds,
  raisedPolicy,
  record,
  request,
  secondsLater,
  seenRaised,
  service,
  snapshot,
} from '../support/builders.ts';
import { context, ecs, listening, quietMetrics, raised, standing } from './harness.ts';

const cloudwatch = mockClient(CloudWatchClient);
beforeEach(() => stands(raised));

type Input = Parameters<typeof waitVerify.run>[0];
type Goal = Input['goal'];
type Verification = NonNullable<Input['document']['verification']>;

/** What AWS shows at this look. */
function stands(at: Parameters<typeof standing>[0]): void {
  standing(at);
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).resolves(quietMetrics());
}

const nothing = () => Promise.reject(new Error('nothing is sent'));
async function look(
  goal: Goal,
  part: Partial<Input['document']> = {},
  { joinedNow, log }: { joinedNow?: string[]; log?: Log } = {},
) {
  const store = memoryRecordStore({ now: () => new Date(now) });
  const lock = record(joinedNow ? { joinedNow } : {});
  await store.write(serviceKey(service.cluster, service.service), lock, { expected: 'absent' });
  await store.write(snapshotKey('incident-1'), snapshot(), { expected: 'absent' });
  const read: string[] = [];
  const document = { request: request(), incident: incident(), ...part };
  const found = await waitVerify.run(
    { goal, document },
    {
      ...context(store, log ? { log } : {}),
      store: {
        ...store,
        read: (key) => {
          read.push(key);
          return store.read(key);
        },
      },
      cloudwatch: new CloudWatchClient({}),
      http: { get: async () => ({ status: 200, latencyMilliseconds: 60, body: '' }), post: nothing },
    },
  );
  return { found, read };
}
const checked = async (...asked: Parameters<typeof look>) => (await look(...asked)).found;

const earlier = (goal: Goal, part: Partial<Verification> = {}): Verification => ({
  goal,
  state: 'waiting',
  since: secondsLater(-60),
  mention: false,
  nextCheckSeconds: 15,
  reasons: [],
  ...part,
});
const change = { bounds: { to: raisedBounds }, desired: { to: 9 }, cpuPolicy: { to: raisedPolicy } };
const out = { plan: plan(), assessment: assessment(), change };

describe('the snapshot', () => {
  it.each<[Goal, boolean]>([
    ['recovered', false],
    ['rolled-back', false],
    ['calm', true],
    ['step', true],
    ['restored', true],
  ])('is read for the goal %s: %s', async (goal, expected) => {
    const { read } = await look(goal, goal === 'recovered' ? out : {});
    expect(read.includes(snapshotKey('incident-1'))).toBe(expected);
  });

  it('is what a restore is held against', async () => {
    stands({ desired: 3 });
    expect(await checked('restored', { plan: planBack() })).toMatchObject({
      state: 'reached',
      reasons: [because('as-in-snapshot', { takenAt: now })],
      differences: [],
    });
  });
});

describe('a setting that a person has changed meanwhile', () => {
  const back = { plan: planBack(), assessment: seenRaised() };
  const byPerson = { ...raised, desired: 12 };
  const error = { name: 'ChangedByPersonError', message: 'desired count 9 → 12; it stays as it is' };

  it.each<[Goal, Partial<Input['document']>]>([
    ['recovered', out],
    ['step', { ...back, step: { to: 9, planHash: plan().hash } }],
  ])('ends a run that waits for %s', async (goal, document) => {
    stands(byPerson);
    await expect(look(goal, document)).rejects.toMatchObject(error);
    stands(raised);
    expect(await checked(goal, document)).toMatchObject({ goal });
  });

  it.each<Goal>(['calm', 'restored', 'rolled-back'])('ends none that waits for %s', async (goal) => {
    stands(byPerson);
    expect(await checked(goal, back)).toMatchObject({ goal });
  });
});

describe("the run's own count", () => {
  const written = { ...change, desired: { to: 9, before: [3], at: secondsLater(-30) } };
  const own = { ...out, change: written };

  it('is shown once ECS shows it, and stays so', async () => {
    expect(await checked('recovered', own)).toMatchObject({ shown: 9 });
    stands({ ...raised, desired: 7, scaledTo: [7] });
    expect(
      await checked('recovered', { ...own, verification: earlier('recovered', { shown: 9 }) }),
    ).toMatchObject({
      shown: 9,
    });
  });

  it.each<[string, Partial<Input['document']>, number]>([
    ['while ECS shows another one', own, 7],
    ['where the run has written none', out, 9],
  ])('is not shown %s', async (_, document, desired) => {
    stands({ ...raised, desired, scaledTo: [desired] });
    expect(await checked('recovered', document)).not.toHaveProperty('shown');
  });

  it('is not shown where the service cannot be read', async () => {
    ecs.on(DescribeServicesCommand).rejects(new Error('not now'));
    expect(await checked('recovered', own)).not.toHaveProperty('shown');
    const verification = earlier('recovered', { shown: 9 });
    expect(await checked('recovered', { ...own, verification })).not.toHaveProperty('shown');
  });

  it('is not cut while a lower one may be an old answer', async () => {
    stands({ ...raised, desired: 7, scaledTo: [7] });
    const cut = because('cut-by-autoscaling', { from: 9, to: 7 });
    expect((await checked('recovered', own)).reasons).not.toContainEqual(cut);
    const verification = earlier('recovered', { shown: 9 });
    for (const document of [out, { ...own, verification }])
      expect(await checked('recovered', document)).toMatchObject({ state: 'more', reasons: [cut] });
  });
});

describe('the deadline', () => {
  const verification = earlier('rolled-back', { since: secondsLater(-700) });
  it.each<[string, object, string]>([
    ['ten minutes', {}, 'failed'],
    ['thrice as far where AWS has throttled the run', { throttled: { waited: 1 } }, 'waiting'],
  ])('is %s', async (_, part, state) => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [{ status: 'ACTIVE', desiredCount: 9, runningCount: 8, taskDefinition: 'buywhere-api:42' }],
    });
    expect(await checked('rolled-back', { verification, ...part })).toMatchObject({ state });
  });

  const since = secondsLater(-86_000);
  const handedOver = { request: request({ machine: 'scale-in', waitingSince: since }) };
  it('of a run that goes on for another one is that of the other; calm is looked for anew', async () => {
    expect(await checked('calm', handedOver)).toMatchObject({ since, calmSince: now, checks: 1 });
    expect(await checked('calm')).toMatchObject({ since: now });
  });

  it('is its own once it has looked, and for everything after calm', async () => {
    const verification = earlier('calm', { calmSince: secondsLater(-30) });
    expect(await checked('calm', { ...handedOver, verification })).toMatchObject({
      since: secondsLater(-60),
      calmSince: secondsLater(-30),
    });
    expect(await checked('step', handedOver)).toMatchObject({ since: now });
    expect(await checked('restored', handedOver)).toMatchObject({ since: now });
  });
});

describe('what a check tells', () => {
  it('how often it has looked, and when', async () => {
    expect(await checked('calm')).toMatchObject({ at: now, checks: 1 });
    expect(await checked('calm', { verification: earlier('calm') })).toMatchObject({ checks: 1 });
    expect(await checked('calm', { verification: earlier('calm', { checks: 4 }) })).toMatchObject({
      checks: 5,
    });
  });

  it('which alerts have joined', async () => {
    expect(await checked('calm', {}, { joinedNow: ['HighCPU'] })).toMatchObject({ joined: ['HighCPU'] });
    expect(await checked('calm', {}, { joinedNow: [] })).not.toHaveProperty('joined');
    expect(await checked('calm')).not.toHaveProperty('joined');
  });

  it('all of it also to the log', async () => {
    const { log, lines } = listening();
    const found = await checked('calm', {}, { log });
    expect(found).toMatchObject({ goal: 'calm', state: 'waiting', checks: 1 });
    expect(lines).toEqual([['info', 'verification: waiting', found]]);
  });
});
