import { DescribeScalingPoliciesCommand } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from '@jest/globals';
import type { Precondition } from '../../../shared/aws/repeated-attempts.ts';
import { ChangedByPersonError, LockLostError, SwitchedOffError } from '../../../shared/core/errors.ts';
import type { Settings } from '../../../shared/document/setting-changes.ts';
import { readLastWrite } from '../../../shared/drift/last-write.ts';
import { serviceKey } from '../../../shared/incident/service-record.ts';
import { type BeforeWrite, guardedWrite, readBeforeWrite } from '../../../shared/writes/guarded-write.ts';
import { autoscaling, context, lockedStore, standing } from '../../functions/harness.ts';
import {
  assessment,
  bounds,
  incident,
  now,
  policy,
  raisedBounds,
  raisedPolicy,
  record,
  registered,
  secondsLater,
  service,
  throttled,
} from '../../support/builders.ts';

const expected: Settings = {
  desired: 3,
  bounds: bounds(),
  cpuPolicy: policy(),
};
const found = (part: Partial<BeforeWrite> = {}): BeforeWrite => ({
  desired: 3,
  bounds: bounds(),
  cpuPolicy: policy(),
  rollout: 'steady',
  cpuPolicyNames: [policy().name],
  setByAutoscaling: [],
  boundsByAutoscaling: [],
  shown: 3,
  ...part,
});

/** Tries to write, and tells what came of it. */
async function attempt(
  present: BeforeWrite,
  wanted: Settings,
  { dryRun = false, ...part }: { isOn?: () => Promise<boolean>; dryRun?: boolean } = {},
) {
  const store = await lockedStore();
  const calls: Precondition[] = [];
  const write = async (check: Precondition) => void calls.push(check);
  const planned = { dryRun, write };
  const outcome = await guardedWrite(
    incident(),
    expected,
    present,
    wanted,
    planned,
    context(store, part),
  ).then(
    () => 'written',
    (error: unknown) => error,
  );
  return { outcome, calls, store, noted: await readLastWrite(incident(), store) };
}

describe('a guarded write', () => {
  it('is done once and noted when all is as expected', async () => {
    const { outcome, calls, noted } = await attempt(found(), { desired: 9 });

    expect(outcome).toBe('written');
    expect(calls).toHaveLength(1);
    expect(noted).toEqual({ desired: 9, desiredAt: now });
  });

  it('is neither done nor noted when a person has changed something, all of which is named', async () => {
    const present = found({ bounds: bounds({ max: 15 }), desired: 7 });
    const { outcome, calls, noted } = await attempt(present, { desired: 9 });

    expect(outcome).toEqual(new ChangedByPersonError('desired count 3 → 7; max 10 → 15; it stays as it is'));
    expect([calls, noted]).toEqual([[], {}]);
  });

  it('is neither done nor noted by a dry run', async () => {
    const { outcome, calls, noted } = await attempt(found(), { desired: 9 }, { dryRun: true });

    expect(outcome).toBe('written');
    expect([calls, noted]).toEqual([[], {}]);
  });

  it('is refused to a dry run as well when a person has changed something', async () => {
    const { outcome } = await attempt(found({ desired: 5 }), { desired: 9 }, { dryRun: true });

    expect(outcome).toBeInstanceOf(ChangedByPersonError);
  });

  it('is neither done nor noted while the switch is off', async () => {
    const { outcome, calls, noted } = await attempt(found(), { desired: 9 }, { isOn: async () => false });

    expect(outcome).toEqual(new SwitchedOffError('the switch is off: no run writes until it is on again'));
    expect([calls, noted]).toEqual([[], {}]);
  });

  it.each<[string, Partial<BeforeWrite>, Settings]>([
    ['desired count', { desired: 9 }, { desired: 9 }],
    ['bounds', { bounds: raisedBounds }, { bounds: raisedBounds }],
    ['CPU policy', { cpuPolicy: raisedPolicy }, { cpuPolicy: raisedPolicy }],
  ])('takes the %s that its own lost call wrote for no change by a person', async (_, present, wanted) => {
    const { outcome, noted } = await attempt(found(present), wanted);

    expect(outcome).toBe('written');
    expect(noted).toEqual('desired' in wanted ? { ...wanted, desiredAt: now } : wanted);
  });

  it('stops before each attempt once another run holds the lock', async () => {
    const { calls, store } = await attempt(found(), { desired: 9 });
    const [check] = calls;
    await expect(check?.()).resolves.toBeUndefined();

    const key = serviceKey(service.cluster, service.service);
    await store.write(key, record({ lockNumber: 2 }), { expected: 1 });
    await expect(check?.()).rejects.toThrow(LockLostError);
  });

  it('stops before a repeated attempt once the switch is off', async () => {
    let on = true;
    const { calls } = await attempt(found(), { desired: 9 }, { isOn: async () => on });
    const [check] = calls;
    await expect(check?.()).resolves.toBeUndefined();

    on = false;
    await expect(check?.()).rejects.toThrow(SwitchedOffError);
  });

  it('notes what is there already, without asking the switch, but not without the lock', async () => {
    const off = { isOn: async () => false };
    const note = async (lockNumber: number) => {
      const store = await lockedStore(lockNumber);
      const wanted = { desired: 3 };
      await guardedWrite(incident(), expected, found(), wanted, { dryRun: false }, context(store, off));
      return readLastWrite(incident(), store);
    };

    expect(await note(1)).toEqual({ desired: 3, desiredAt: now });
    await expect(note(2)).rejects.toThrow(LockLostError);
  });
});

it('reads every setting again right before a write', async () => {
  standing({ desired: 5, otherPolicies: ['memory'], scaledTo: [5] });

  expect(await readBeforeWrite(incident(), assessment(), context(await lockedStore()))).toEqual(
    found({
      desired: 5,
      shown: 5,
      cpuPolicyNames: [policy().name],
      setByAutoscaling: [5],
      boundsByAutoscaling: [{ at: now, count: 5 }],
    }),
  );
});

it('takes what autoscaling asked for right before a look that did not show it yet for nobody’s change', async () => {
  const asked = { at: secondsLater(-30), count: 5, text: '' };
  const lookedAt = secondsLater(60);
  const set = async (activities: (typeof asked)[]) => {
    standing({ desired: 5, scaledTo: [5] });
    const seen = assessment({ at: lookedAt, autoscaling: registered({ activities }) });
    return (await readBeforeWrite(incident(), seen, context(await lockedStore()))).setByAutoscaling;
  };
  expect(await set([])).toEqual([]);
  expect(await set([{ ...asked, at: now }])).toEqual([5]);
});

it('reads the CPU policy that it has seen, also where another one follows CPU', async () => {
  const [first, second] = [policy({ name: 'first' }), policy({ name: 'second' })];
  const read = async (part: Parameters<typeof registered>[0] | undefined) => {
    standing({ policy: first, cpuPolicies: ['second'] });
    const autoscaling = part ? registered(part) : throttled;
    const before = await readBeforeWrite(
      incident(),
      assessment({ autoscaling }),
      context(await lockedStore()),
    );
    return before.cpuPolicy?.name;
  };
  const { cpuPolicy: _, ...without } = registered();
  expect(await read({ cpuPolicy: first })).toBe('first');
  expect(await read({ cpuPolicy: second })).toBe('second');
  expect(await read(undefined)).toBe('first');
  standing({ policy: first });
  const seen = assessment({ autoscaling: without });
  expect((await readBeforeWrite(incident(), seen, context(await lockedStore()))).cpuPolicy).toEqual(first);
});

it('names no policy that has no name', async () => {
  standing();
  autoscaling.on(DescribeScalingPoliciesCommand).resolves({
    ScalingPolicies: [
      {
        PolicyARN: 'arn',
        PolicyName: undefined,
        ServiceNamespace: 'ecs',
        ResourceId: 'service',
        ScalableDimension: 'ecs:service:DesiredCount',
        PolicyType: 'StepScaling',
        CreationTime: new Date(0),
      },
    ],
  });

  expect(await readBeforeWrite(incident(), assessment(), context(await lockedStore()))).toMatchObject({
    cpuPolicyNames: [],
  });
});
