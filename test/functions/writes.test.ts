import { describe, expect, it } from '@jest/globals';
import { putPolicy } from '../../functions/put-policy.ts';
import { registerTarget } from '../../functions/register-target.ts';
import { scaleIn } from '../../functions/scale-in.ts';
import { scaleOut } from '../../functions/scale-out.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import {
  approval,
  assessment,
  bounds,
  incident,
  plan,
  planBack,
  policy,
  raisedBounds,
  raisedPolicy,
  request,
  seenRaised,
} from '../support/builders.ts';
import {
  configurationOf,
  context,
  lockedStore,
  named,
  raised,
  type Standing,
  standing,
  suspendedState,
  writes,
} from './harness.ts';

type Dry = { dryRun?: boolean };
type Run = (store: RecordStore, part?: Dry, on?: () => Promise<boolean>) => Promise<unknown>;

/** On the way out: three tasks, normal bounds and policy; on the way back: nine tasks, raised bounds and policy. */
const out = (part: Dry) => ({
  request: request(part),
  incident: incident(),
  plan: plan(),
  assessment: assessment(),
});
const back = (part: Dry) => ({
  request: request({ machine: 'scale-in', ...part }),
  incident: incident(),
  plan: planBack(),
  assessment: seenRaised(),
  approval: approval(),
});
const normal: Standing = {};
const stepped: Standing = { ...raised, desired: 3 };
const restoredBounds = bounds({ suspended: raisedBounds.suspended });
const down = { to: 3, planHash: plan().hash };
const register =
  (mode: 'raise' | 'restore' | 'resume', document: object): Run =>
  (store, part = {}, isOn) =>
    registerTarget.run(
      { mode, document: { ...(mode === 'raise' ? out(part) : back(part)), ...document } },
      context(store, { ...(isOn ? { isOn } : {}) }),
    );
const put =
  (mode: 'raise' | 'restore', document: object): Run =>
  (store, part = {}, isOn) =>
    putPolicy.run(
      { mode, document: { ...(mode === 'raise' ? out(part) : back(part)), ...document } },
      context(store, { ...(isOn ? { isOn } : {}) }),
    );

const registerCall = (to: ReturnType<typeof bounds>) => [
  'RegisterScalableTarget',
  { ...named, MinCapacity: to.min, MaxCapacity: to.max, SuspendedState: suspendedState(to) },
];
const policyCall = (to: ReturnType<typeof policy>) => [
  'PutScalingPolicy',
  {
    ...named,
    PolicyName: to.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: configurationOf(to),
  },
];
const countCall = (desiredCount: number) => [
  'UpdateService',
  { cluster: 'buywhere-production', service: 'buywhere-api', desiredCount },
];

interface Write {
  run: Run;
  /** How AWS stands before, after, and when a person was faster. */
  before: Standing;
  after: Standing;
  byPerson: Standing;
  calls: unknown[];
}
const functions: [string, Write][] = [
  [
    'scale-out',
    {
      run: (store, part = {}, isOn) =>
        scaleOut.run({ document: out(part) }, context(store, { ...(isOn ? { isOn } : {}) })),
      before: normal,
      after: { desired: 9 },
      byPerson: { desired: 5 },
      calls: [countCall(9)],
    },
  ],
  [
    'scale-in',
    {
      run: (store, part = {}, isOn) =>
        scaleIn.run({ document: back(part) }, context(store, { ...(isOn ? { isOn } : {}) })),
      before: raised,
      after: { ...raised, desired: 7 },
      byPerson: { ...raised, desired: 12 },
      calls: [countCall(7)],
    },
  ],
  [
    'register-target, raising',
    {
      run: register('raise', {}),
      before: normal,
      after: { bounds: raisedBounds },
      byPerson: { bounds: bounds({ max: 15 }) },
      calls: [registerCall(raisedBounds)],
    },
  ],
  [
    'register-target, restoring',
    {
      run: register('restore', { step: down }),
      before: stepped,
      after: { ...stepped, bounds: restoredBounds },
      byPerson: { ...stepped, bounds: bounds({ max: 15 }) },
      calls: [registerCall(restoredBounds)],
    },
  ],
  [
    'register-target, resuming',
    {
      run: register('resume', {
        step: down,
        change: { bounds: { to: restoredBounds }, cpuPolicy: { to: policy() } },
      }),
      before: { desired: 3, bounds: restoredBounds },
      after: { desired: 3 },
      byPerson: { desired: 3, bounds: bounds({ max: 15 }) },
      calls: [registerCall(bounds())],
    },
  ],
  [
    'put-policy, raising',
    {
      run: put('raise', { change: { bounds: { to: raisedBounds }, desired: { to: 9 } } }),
      before: { ...raised, policy: policy() },
      after: raised,
      byPerson: { ...raised, policy: policy({ target: 60 }) },
      calls: [policyCall(raisedPolicy)],
    },
  ],
  [
    'put-policy, restoring',
    {
      run: put('restore', { step: down, change: { bounds: { to: restoredBounds } } }),
      before: { desired: 3, bounds: restoredBounds, policy: raisedPolicy },
      after: { desired: 3, bounds: restoredBounds },
      byPerson: { desired: 3, bounds: restoredBounds, policy: policy({ target: 60 }) },
      calls: [policyCall(policy())],
    },
  ],
];

describe.each(functions)('%s', (_, { run, before, after, byPerson, calls }) => {
  it('sends exactly its one write, as an absolute value', async () => {
    standing(before);

    expect(await run(await lockedStore())).toMatchObject({ changed: true });
    expect(writes()).toEqual(calls);
  });

  it('writes nothing when it runs again', async () => {
    standing(after);

    expect(await run(await lockedStore())).toMatchObject({ changed: false });
    expect(writes()).toEqual([]);
  });

  it('writes nothing when another run holds the lock', async () => {
    standing(before);

    await expect(run(await lockedStore(2))).rejects.toMatchObject({ name: 'LockLostError' });
    expect(writes()).toEqual([]);
  });

  it('never reverts what a person changed', async () => {
    standing(byPerson);

    await expect(run(await lockedStore())).rejects.toMatchObject({ name: 'ChangedByPersonError' });
    expect(writes()).toEqual([]);
  });

  it('writes nothing in a dry run', async () => {
    standing(before);
    await run(await lockedStore(), { dryRun: true });

    expect(writes()).toEqual([]);
  });

  it('writes nothing while the switch is off, or unknown', async () => {
    standing(before);
    const store = await lockedStore();

    await expect(run(store, {}, async () => false)).rejects.toMatchObject({ name: 'SwitchedOffError' });
    await expect(run(store, {}, async () => Promise.reject(new Error('no answer')))).rejects.toThrow(
      'no answer',
    );
    expect(writes()).toEqual([]);
  });
});
