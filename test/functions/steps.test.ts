import {
  DeleteScalingPolicyCommand,
  PutScalingPolicyCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { putPolicy } from '../../functions/put-policy.ts';
import { scaleIn } from '../../functions/scale-in.ts';
import { scaleOut } from '../../functions/scale-out.ts';
import { because } from '../../shared/format/reasons.ts';
import {
  approval,
  assessment,
  bounds,
  incident,
  now,
  plan,
  planBack,
  policy,
  raisedBounds,
  raisedPolicy,
  registered,
  request,
  secondsLater,
  seenRaised,
} from '../support/builders.ts';
import {
  autoscaling,
  context,
  ecs,
  listening,
  lockedStore,
  raised,
  type Standing,
  standing,
  writes,
} from './harness.ts';

/** What a write is made with, and what it tells the log. */
async function tools(isOn: () => Promise<boolean> = async () => true) {
  const { log, lines } = listening();
  return { lines, given: context(await lockedStore(), { isOn, log }) };
}
const names = () => writes().map(([name]) => name);

describe('scale-out', () => {
  type Document = Parameters<typeof scaleOut.run>[0]['document'];
  const out: Document = { request: request(), incident: incident(), plan: plan(), assessment: assessment() };
  const run = async (part: Partial<Document> = {}) => {
    const { lines, given } = await tools();
    return { lines, change: await scaleOut.run({ document: { ...out, ...part } }, given) };
  };

  it('tells the count, the one before, and when; and the log of it', async () => {
    standing();
    const { change, lines } = await run();
    const written = {
      changed: true,
      from: 3,
      to: 9,
      done: true,
      reasons: [because('setting-changed', { setting: 'desired', from: 3, to: 9 })],
    };
    expect(change).toEqual({ ...written, before: [3], at: now });
    expect(lines).toEqual([['info', 'scale-out', written]]);
  });

  it('remembers every count before it that ECS may still show', async () => {
    standing({ desired: 7, scaledTo: [7] });
    const desired = { to: 6, before: [4, 3], at: secondsLater(-300) };
    const { change } = await run({ plan: plan({ desired: { from: 5, to: 9 } }), change: { desired } });
    expect(change).toMatchObject({ to: 9, before: [7, 5, 6, 4, 3] });
  });

  it.each<[string, Standing]>([
    ['the bounds', { bounds: bounds({ max: 15 }) }],
    ['the policy', { policy: policy({ target: 60 }) }],
  ])('stops where a person has changed %s', async (_, present) => {
    standing(present);
    await expect(run()).rejects.toMatchObject({ name: 'ChangedByPersonError' });
    expect(writes()).toEqual([]);
  });

  it('has no count to set where the plan names none', async () => {
    standing();
    const { desired: _, ...without } = plan();
    await expect(run({ plan: without })).rejects.toMatchObject({
      name: 'GuardError',
      message: 'the plan (scale-out) has no desired count',
    });
  });
});

const seen = seenRaised();
const back = {
  request: request({ machine: 'scale-in' }),
  incident: incident(),
  plan: planBack(),
  assessment: seen,
  approval: approval(),
};

describe('scale-in', () => {
  type Document = Parameters<typeof scaleIn.run>[0]['document'];
  const run = async (part: Partial<Document> = {}) => {
    const { lines, given } = await tools();
    return { lines, change: await scaleIn.run({ document: { ...back, ...part } }, given) };
  };
  const service = (desiredCount: number, part = {}) => ({
    services: [
      {
        status: 'ACTIVE',
        desiredCount,
        runningCount: desiredCount,
        taskDefinition: 'buywhere-api:42',
        ...part,
      },
    ],
  });
  const check = (tasksNeeded?: number): Document['verification'] => ({
    goal: 'step',
    state: 'reached',
    since: now,
    ...(tasksNeeded === undefined ? {} : { tasksNeeded }),
    mention: false,
    nextCheckSeconds: 60,
    reasons: [],
  });
  const unknown = {
    name: 'GuardError',
    message: 'what the present traffic needs is unknown; nothing was scaled in',
  };
  const step = { to: 7, planHash: plan().hash, before: [9], at: secondsLater(-300) };

  it('tells the step, what ECS shows right after it, and the log', async () => {
    standing(raised);
    ecs.on(DescribeServicesCommand).resolvesOnce(service(9)).resolves(service(7));
    const { change, lines } = await run();
    const written = {
      changed: true,
      from: 9,
      to: 7,
      done: false,
      reasons: [because('step-down', { from: 9, to: 7, target: 3, sharePercent: 25 })],
    };
    expect(change).toEqual({
      ...written,
      before: [9],
      at: now,
      shown: 7,
      planHash: plan().hash,
      waitSeconds: 300,
    });
    expect(lines).toEqual([['info', 'scale-in step', written]]);
  });

  it('does not fail where it cannot look after the write', async () => {
    standing(raised);
    ecs.on(DescribeServicesCommand).resolvesOnce(service(9)).rejects(new Error('not now'));
    const { change } = await run();
    expect(change).toMatchObject({ changed: true, to: 7 });
    expect(change).not.toHaveProperty('shown');
  });

  it.each<[string, Partial<Document>, Standing]>([
    ['in a dry run', { request: request({ machine: 'scale-in', dryRun: true }) }, raised],
    ['where it has taken no step', {}, { ...raised, desired: 3 }],
  ])('looks once only %s', async (_, part, present) => {
    standing(present);
    expect((await run(part)).change).not.toHaveProperty('shown');
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(1);
  });

  it('goes on from the step before, and remembers its counts', async () => {
    standing({ ...raised, desired: 7 });
    const { change } = await run({ step, verification: check(1) });
    expect(change).toMatchObject({ from: 7, to: 6, before: [7, 9] });
  });

  it('takes its own count for true where ECS still shows the one before', async () => {
    standing(raised);
    expect((await run({ step, verification: check(1) })).change).toMatchObject({ from: 7, to: 6 });
  });

  it('knows nothing of a step of an earlier plan', async () => {
    standing(raised);
    const { change } = await run({ step: { ...step, planHash: 'b'.repeat(64) } });
    expect(change).toMatchObject({ from: 9, to: 7, before: [9] });
  });

  it.each<[string, Partial<Document>]>([
    [
      'before the first step',
      {
        assessment: { ...seen, metrics: assessment({ values: { requestRatePerMinute: 'unknown' } }).metrics },
      },
    ],
    ['at a check', { step, verification: check() }],
    ['without a check', { step }],
  ])('takes no step where nobody knows %s what the traffic needs', async (_, part) => {
    standing({ ...raised, desired: part.step ? 7 : 9 });
    await expect(run(part)).rejects.toMatchObject(unknown);
    expect(writes()).toEqual([]);
  });

  it('waits for a deployment that runs', async () => {
    standing(raised);
    const deployments = [
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' as const, createdAt: new Date(now) },
    ];
    ecs.on(DescribeServicesCommand).resolves(service(9, { deployments }));
    expect((await run()).change).toMatchObject({
      changed: false,
      done: false,
      to: 9,
      reasons: [because('deployment-running')],
    });
    expect(writes()).toEqual([]);
  });
});

describe('put-policy', () => {
  type Input = Parameters<typeof putPolicy.run>[0];
  type Document = Input['document'];
  const temporary = 'buywhere-api-cpu-scaling-temp';
  const out: Document = { request: request(), incident: incident(), plan: plan(), assessment: assessment() };
  const down: Document = {
    ...back,
    plan: planBack({ removes: temporary }),
    step: { to: 3, planHash: plan().hash },
    change: { bounds: { to: bounds() } },
  };
  const run = async (mode: Input['mode'], document: Document, isOn?: () => Promise<boolean>) => {
    const { lines, given } = await tools(isOn);
    return { lines, change: await putPolicy.run({ mode, document }, given) };
  };
  /** A switch that is off from that look on. */
  const offAfter = (looks: number) => {
    let seen = 0;
    return { isOn: async () => ++seen <= looks, looks: () => seen };
  };

  it('tells the policy before and after, and the log', async () => {
    standing();
    const { change, lines } = await run('raise', out);
    const changed = (
      setting: 'cpuTarget' | 'scaleOutCooldown' | 'scaleInCooldown',
      from: number,
      to: number,
    ) => because('setting-changed', { setting, from, to });
    const written = {
      changed: true,
      from: policy(),
      to: raisedPolicy,
      reasons: [
        changed('cpuTarget', 70, 50),
        changed('scaleOutCooldown', 60, 30),
        changed('scaleInCooldown', 300, 180),
      ],
    };
    expect(change).toEqual({ ...written, shown: 3 });
    expect(lines).toEqual([['info', 'put-policy', { mode: 'raise', ...written }]]);
  });

  it('asks for no approval in an emergency, whatever the plan says', async () => {
    standing();
    const document = { ...out, plan: plan({ approvalRequired: true, removes: temporary }) };
    expect((await run('raise', document)).change).toMatchObject({ changed: true });
  });

  it('removes nothing in an emergency, whatever the plan says', async () => {
    standing({ cpuPolicies: [temporary] });
    await run('raise', { ...out, plan: plan({ removes: temporary }) });
    expect(names()).toEqual(['PutScalingPolicy']);
  });

  it.each<[string, Standing]>([
    ['the count', { desired: 5 }],
    ['the bounds', { bounds: bounds({ max: 15 }) }],
  ])('stops where a person has changed %s', async (_, present) => {
    standing(present);
    await expect(run('raise', out)).rejects.toMatchObject({ name: 'ChangedByPersonError' });
    expect(writes()).toEqual([]);
  });

  it('says that the policy is as wanted, and asks no switch for that', async () => {
    standing({ policy: raisedPolicy });
    const off = offAfter(0);
    const { change } = await run('raise', out, off.isOn);
    expect(change).toMatchObject({
      changed: false,
      reasons: [because('as-wanted', { what: 'policy buywhere-api-cpu-scaling' })],
    });
    expect(off.looks()).toBe(0);
  });

  it('removes the temporary policy also where the other one is as wanted, under one look at the switch', async () => {
    standing({ desired: 3, cpuPolicies: [temporary] });
    const on = offAfter(9);
    const { change } = await run('restore', down, on.isOn);
    expect(change).toMatchObject({
      changed: false,
      reasons: [
        because('as-wanted', { what: 'policy buywhere-api-cpu-scaling' }),
        because('temporary-policy-removed', { policy: temporary, dryRun: false }),
      ],
    });
    expect(names()).toEqual(['DeleteScalingPolicy']);
    expect(on.looks()).toBe(1);
  });

  it('looks at the switch again between its two writes', async () => {
    standing({ desired: 3, policy: raisedPolicy, cpuPolicies: [temporary] });
    await expect(run('restore', down, offAfter(1).isOn)).rejects.toMatchObject({ name: 'SwitchedOffError' });
    expect(names()).toEqual(['PutScalingPolicy']);
  });

  const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
  it.each<[string, () => unknown, string[]]>([
    ['put', () => autoscaling.on(PutScalingPolicyCommand).rejects(denied), ['PutScalingPolicy']],
    [
      'deleted',
      () => autoscaling.on(DeleteScalingPolicyCommand).rejects(denied),
      ['PutScalingPolicy', 'DeleteScalingPolicy'],
    ],
  ])('fails where the policy cannot be %s', async (_, refuse, sent) => {
    standing({ desired: 3, policy: raisedPolicy, cpuPolicies: [temporary] });
    refuse();
    await expect(run('restore', down)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(names()).toEqual(sent);
  });

  const [from, to] = [
    { ...policy(), name: temporary },
    { ...raisedPolicy, name: temporary },
  ];
  const inUse = because('temporary-policy-in-use', { policy: temporary });
  it('says of a temporary policy that is the only one that it stays, once it is given back', async () => {
    const autoscaling = registered({ bounds: raisedBounds, cpuPolicy: to });
    standing({ desired: 3, policy: to });
    const given = {
      ...down,
      plan: planBack({ cpuPolicy: { from: to, to: from } }),
      assessment: { ...seen, autoscaling },
    };
    expect((await run('restore', given)).change.reasons).toContainEqual(inUse);
    expect(names()).toEqual(['PutScalingPolicy']);

    standing({ policy: from });
    const document = { ...out, plan: plan({ cpuPolicy: { from, to } }) };
    expect((await run('raise', document)).change.reasons).not.toContainEqual(inUse);
  });

  it('says nothing of one that is not in use', async () => {
    standing({ desired: 3, policy: raisedPolicy });
    expect((await run('restore', down)).change.reasons).not.toContainEqual(inUse);
  });
});
