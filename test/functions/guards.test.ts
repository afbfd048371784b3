import { DeleteScalingPolicyCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { putPolicy } from '../../functions/put-policy.ts';
import { registerTarget } from '../../functions/register-target.ts';
import { scaleIn } from '../../functions/scale-in.ts';
import { scaleOut } from '../../functions/scale-out.ts';
import { lastWritten } from '../../shared/document/changes.ts';
import type { Approval } from '../../shared/document/outcome.ts';
import type { Plan } from '../../shared/document/plan.ts';
import { because } from '../../shared/format/reasons.ts';
import { snapshotKey } from '../../shared/incident/snapshot.ts';
import {
  approval,
  assessment,
  bounds,
  incident,
  now,
  plan,
  planBack,
  policy,
  raisedPolicy,
  request,
  seenRaised,
  snapshot,
} from '../support/builders.ts';
import { autoscaling, context, ecs, lockedStore, raised, standing, writes } from './harness.ts';

const out = { request: request(), incident: incident(), plan: plan(), assessment: assessment() };
const approved = approval();
const back = (made: Plan = planBack()) => ({
  request: request({ machine: 'scale-in' }),
  incident: incident(),
  plan: made,
  assessment: seenRaised(),
});

describe('scale-out', () => {
  const run = async () => scaleOut.run({ document: out }, context(await lockedStore()));

  it('takes over from autoscaling, which was faster', async () => {
    standing({ desired: 5, scaledTo: [5] });

    expect(await run()).toMatchObject({ changed: true, from: 5, to: 9 });
  });

  it('leaves a count that autoscaling brought above the plan', async () => {
    standing({ desired: 12, scaledTo: [12] });

    expect(await run()).toMatchObject({ changed: false, to: 12 });
    expect(writes()).toEqual([]);
  });

  it('writes nothing above the ceiling, whatever the plan says', async () => {
    standing();
    const document = { ...out, plan: plan({ desired: { from: 3, to: 21 } }) };

    await expect(scaleOut.run({ document }, context(await lockedStore()))).rejects.toMatchObject({
      name: 'GuardError',
    });
    expect(writes()).toEqual([]);
  });

  it.each([
    [
      'missing',
      { services: [], failures: [{ reason: 'MISSING' }] },
      'service buywhere-api in cluster buywhere-production: MISSING',
    ],
    ['draining', { services: [{ status: 'DRAINING', desiredCount: 3 }] }, 'is DRAINING, not ACTIVE'],
    [
      'deployed by CodeDeploy',
      { services: [{ status: 'ACTIVE', deploymentController: { type: 'CODE_DEPLOY' as const } }] },
      'it has CODE_DEPLOY deployments',
    ],
    [
      'a daemon',
      { services: [{ status: 'ACTIVE', schedulingStrategy: 'DAEMON' as const }] },
      'the scheduling strategy DAEMON',
    ],
  ])('writes nothing to a service that is %s', async (_, answer, message) => {
    standing();
    ecs.on(DescribeServicesCommand).resolves(answer);

    await expect(run()).rejects.toMatchObject({
      name: 'ServiceNotUsableError',
      message: expect.stringContaining(message),
    });
    expect(writes()).toEqual([]);
  });

  it('passes on what AWS refuses, by its name', async () => {
    standing();
    ecs
      .on(DescribeServicesCommand)
      .rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));

    await expect(run()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

const calm = {
  goal: 'step' as const,
  state: 'reached' as const,
  since: now,
  tasksNeeded: 1,
  mention: false,
  nextCheckSeconds: 60,
  reasons: [],
};

describe('scale-in', () => {
  it.each<[string, Approval | undefined]>([
    ['without an approval', undefined],
    ['with the approval of another plan', { ...approved, planHash: 'b'.repeat(64) }],
  ])('takes no step %s', async (_, given) => {
    standing(raised);
    const document = { ...back(), ...(given ? { approval: given } : {}) };

    await expect(scaleIn.run({ document }, context(await lockedStore()))).rejects.toMatchObject({
      name: 'GuardError',
    });
    expect(writes()).toEqual([]);
  });

  it('takes a step without an approval where none is required', async () => {
    standing(raised);
    const document = back(planBack({ approvalRequired: false }));

    const taken = await scaleIn.run({ document }, context(await lockedStore()));
    expect(taken).toMatchObject({ to: 7, done: false, waitSeconds: 300 });
    expect(lastWritten(taken)).toBe(7);
  });

  it('says what the steps last wrote where this one finds nothing to take', async () => {
    standing({ ...raised, desired: 3 });
    const plan = planBack({ approvalRequired: false });
    const step = { to: 3, planHash: plan.hash, wrote: 4 };
    const document = { ...back(plan), step, verification: calm };

    expect(await scaleIn.run({ document }, context(await lockedStore()))).toMatchObject({
      to: 3,
      changed: false,
      wrote: 4,
    });
  });

  it("never goes below the snapshot's minimum", async () => {
    standing(raised);
    const store = await lockedStore();
    await store.write(snapshotKey('incident-1'), snapshot({ bounds: bounds({ min: 4 }) }), {
      expected: 'absent',
    });
    const document = { ...back(), approval: approved };

    await expect(scaleIn.run({ document }, context(store))).rejects.toMatchObject({
      message: 'desired count 3 is below the floor of 4 tasks',
    });
    expect(writes()).toEqual([]);
  });
});

describe('register-target', () => {
  it('never lowers max below what is wanted: that is a scale-in at once', async () => {
    standing({ ...raised, desired: 14 });
    const document = { ...back(), approval: approved, step: { to: 14, planHash: 'hash' } };

    await expect(
      registerTarget.run({ mode: 'restore', document }, context(await lockedStore())),
    ).rejects.toMatchObject({ name: 'GuardError', message: expect.stringContaining('scale-in at once') });
    expect(writes()).toEqual([]);
  });

  it('changes nothing where no target is registered', async () => {
    standing({ bounds: undefined });
    const { bounds: _, ...withoutBounds } = plan();

    expect(
      await registerTarget.run(
        { mode: 'raise', document: { ...out, plan: withoutBounds } },
        context(await lockedStore()),
      ),
    ).toMatchObject({ changed: false });
    expect(writes()).toEqual([]);
  });
});

describe('what is given back', () => {
  it.each([
    ['without an approval', undefined],
    ['with the approval of another plan', { ...approved, planHash: 'b'.repeat(64) }],
  ])('is nothing %s: neither policy nor bounds', async (_, given) => {
    standing({ ...raised, desired: 3, policy: raisedPolicy });
    const document = { ...back(), step: { to: 3, planHash: 'hash' }, ...(given ? { approval: given } : {}) };
    const refused = { name: 'GuardError', message: expect.stringContaining('has no approval of its own') };

    await expect(
      putPolicy.run({ mode: 'restore', document }, context(await lockedStore())),
    ).rejects.toMatchObject(refused);
    for (const mode of ['restore', 'resume'] as const)
      await expect(
        registerTarget.run({ mode, document }, context(await lockedStore())),
      ).rejects.toMatchObject(refused);
    expect(writes()).toEqual([]);
  });
});

describe('put-policy', () => {
  const temporary = 'buywhere-api-cpu-scaling-temp';
  const document = {
    ...back(planBack({ removes: temporary })),
    approval: approved,
    step: { to: 3, planHash: 'hash' },
    change: { bounds: { to: bounds() } },
  };
  const down = { desired: 3, cpuPolicies: [temporary] };

  it("removes the runbook's temporary policy on restore", async () => {
    standing({ ...down, policy: raisedPolicy });
    await putPolicy.run({ mode: 'restore', document }, context(await lockedStore()));

    expect(writes().map(([name]) => name)).toEqual(['PutScalingPolicy', 'DeleteScalingPolicy']);
    expect(autoscaling.commandCalls(DeleteScalingPolicyCommand)[0]?.args[0].input).toMatchObject({
      PolicyName: temporary,
    });
  });

  it.each([
    ['does not follow CPU', { desired: 3, otherPolicies: [temporary] }, temporary],
    ['the plan does not name', down, undefined],
  ])('leaves one of that name that %s', async (_, now, removes) => {
    standing({ ...now, policy: raisedPolicy });
    const { removes: _none, ...bare } = planBack();
    const made = { ...bare, ...(removes ? { removes } : {}) };
    await putPolicy.run(
      { mode: 'restore', document: { ...document, plan: made } },
      context(await lockedStore()),
    );

    expect(writes().map(([name]) => name)).toEqual(['PutScalingPolicy']);
  });

  it('does not mind when it is gone by then', async () => {
    standing({ ...down, policy: raisedPolicy });
    autoscaling
      .on(DeleteScalingPolicyCommand)
      .rejects(Object.assign(new Error('gone'), { name: 'ObjectNotFoundException' }));

    expect(await putPolicy.run({ mode: 'restore', document }, context(await lockedStore()))).toMatchObject({
      changed: true,
    });
  });

  it('leaves it alone in an emergency, and in a dry run', async () => {
    standing({ cpuPolicies: [temporary] });
    await putPolicy.run({ mode: 'raise', document: out }, context(await lockedStore()));
    standing({ ...down, policy: raisedPolicy });
    await putPolicy.run(
      { mode: 'restore', document: { ...document, request: request({ dryRun: true }) } },
      context(await lockedStore()),
    );

    expect(autoscaling.commandCalls(DeleteScalingPolicyCommand)).toEqual([]);
  });

  it('says in a dry run what it would remove, and of the only policy that it stays', async () => {
    standing({ ...down, policy: raisedPolicy });
    const dry = { ...document, request: request({ dryRun: true }) };
    expect(
      await putPolicy.run({ mode: 'restore', document: dry }, context(await lockedStore())),
    ).toMatchObject({
      reasons: expect.arrayContaining([
        because('temporary-policy-removed', { policy: temporary, dryRun: true }),
      ]),
    });

    const [from, to] = [raisedPolicy, policy()].map((one) => ({ ...one, name: temporary }));
    if (!from || !to) throw new Error('no policies');
    standing({ desired: 3, policy: from });
    const only = { ...document, plan: planBack({ cpuPolicy: { from, to }, removes: temporary }) };
    expect(
      await putPolicy.run({ mode: 'restore', document: only }, context(await lockedStore())),
    ).toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'temporary-policy-in-use' })]),
    });
    expect(autoscaling.commandCalls(DeleteScalingPolicyCommand)).toEqual([]);
  });

  it('changes nothing where no policy exists', async () => {
    standing({ policy: policy({ name: 'mine' }) });
    const { cpuPolicy: _, ...withoutPolicy } = plan();

    expect(
      await putPolicy.run(
        { mode: 'raise', document: { ...out, plan: withoutPolicy } },
        context(await lockedStore()),
      ),
    ).toMatchObject({
      changed: false,
      reasons: [because('nothing-to-change', { what: 'CPU policy' })],
    });
  });
});
