import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { cluster, service } from './calls/call.ts';
import { switchParameter } from './deployed/account.ts';
import { type Deployment, deploy } from './deployed/deployment.ts';
import { before, settingsOf } from './deployed/settings.ts';

jest.setTimeout(60_000);

let deployed: Deployment;
beforeAll(async () => {
  deployed = await deploy();
});
afterAll(() => deployed?.stop());

const settings = () => settingsOf(deployed.clients);

/** Calls a function as its state does. */
async function call(name: string, event: object): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(await deployed.handlers.get(name)?.(event));
}

/** What `intake` makes of a request at the console, in an execution of this name. */
const requested = (machine: string, name: string, input: object) =>
  call('intake', {
    machine,
    input: { environment: 'production', requestedBy: 'Ada Lovelace', ...input },
    execution: {
      arn: `arn:aws:states:ap-southeast-1:123456789012:execution:${machine}:${name}`,
      name,
      startedAt: new Date().toISOString(),
    },
  });

/** The document as far as a plan, over what moto says now. */
async function planned(direction: 'out' | 'in', part: { request: unknown; incident: unknown }) {
  const assessed = { ...part, assessment: await call('assess', { document: part }) };
  return { ...assessed, plan: await call('plan', { direction, document: assessed }) };
}

const step = z.looseObject({ to: z.int(), planHash: z.string(), done: z.boolean().optional() });

describe('each function by itself, against moto', () => {
  let out: Awaited<ReturnType<typeof planned>>;
  /** What the functions have changed so far, as their states put it into the document. */
  const change: Record<string, unknown> = {};
  const document = () => ({ ...out, change });

  it('assess reads the service, its autoscaling and every metric', async () => {
    deployed.offer(1800);
    await deployed.pass(3);
    const request = await requested('emergency-scaling', 'out', { alert: 'HighLatencyP99' });
    out = await planned('out', { request, incident: await call('open-incident', { document: { request } }) });
    expect(out.assessment).toMatchObject({
      service: { desired: 3, running: 3, rollout: 'steady' },
      autoscaling: { bounds: { min: 1, max: 10 }, cpuPolicy: { target: 70 } },
      metrics: { latencyP99Seconds: { level: 'critical', value: 5 }, errorRatePercent: { value: 0 } },
      cause: { name: 'traffic-spike' },
    });
    await call('take-snapshot', { document: out });
  });

  it('register-target raises the bounds and suspends scaling in, once', async () => {
    const event = { mode: 'raise', document: out };
    change.bounds = await call('register-target', event);
    expect(change.bounds).toMatchObject({ changed: true });
    expect(await settings()).toEqual({ ...before, min: 2, max: 20, scalingInSuspended: true });
    expect(await call('register-target', event)).toMatchObject({ changed: false });
  });

  it('scale-out writes nothing while the switch is off', async () => {
    const ssm = new SSMClient();
    const turn = (Value: string) =>
      ssm.send(new PutParameterCommand({ Name: switchParameter, Value, Overwrite: true }));
    await turn('off');
    await expect(call('scale-out', { document: document() })).rejects.toThrow('the switch is off');
    expect((await settings()).desired).toBe(3);
    await turn('on');
    ssm.destroy();
  });

  it('scale-out sets the plan’s count, however often it is called', async () => {
    const event = { document: document() };
    const set = await call('scale-out', event);
    expect(set).toMatchObject({ changed: true, from: 3 });
    expect((await settings()).desired).toBe(set.to);
    expect(await call('scale-out', event)).toMatchObject({ changed: false, to: set.to });
    change.desired = set;
  });

  it('put-policy changes the policy under its own name', async () => {
    change.cpuPolicy = await call('put-policy', { mode: 'raise', document: document() });
    expect(change.cpuPolicy).toMatchObject({ changed: true });
    expect((await settings()).cpu).toEqual([{ name: before.cpu[0]?.name, target: 50, out: 30, in: 180 }]);
  });

  it('a person’s change stops the next write', async () => {
    const { desired } = await settings();
    const count = (desiredCount = 0) =>
      deployed.clients.ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
    await count(17);
    await expect(call('put-policy', { mode: 'restore', document: document() })).rejects.toMatchObject({
      name: 'ChangedByPersonError',
    });
    await count(desired);
  });

  it('scale-in needs the plan’s own approval, and goes down step by step', async () => {
    deployed.offer(600);
    await deployed.pass(20);
    const request = await requested('scale-in', 'in', {});
    const back = await planned('in', { request, incident: out.incident });
    expect(back.plan).toMatchObject({ action: 'scale-in', desired: { to: 3 }, approvalRequired: true });
    await expect(call('scale-in', { document: back })).rejects.toMatchObject({ name: 'GuardError' });
    const approval = {
      decision: 'approved',
      by: 'Infrastructure',
      at: new Date().toISOString(),
      reason: 'calm',
      planHash: back.plan.hash,
    };
    const counts: number[] = [];
    let present: object = { ...back, approval };
    for (let done = false; !done; ) {
      const taken = step.parse(await call('scale-in', { document: present }));
      counts.push(taken.to);
      present = { ...present, step: taken };
      const verification = await call('wait-verify', { goal: 'step', document: present });
      present = { ...present, verification };
      done = taken.done ?? false;
    }
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect((await settings()).desired).toBe(3);

    const policy = await call('put-policy', { mode: 'restore', document: present });
    present = { ...present, change: { cpuPolicy: policy } };
    const bounds = await call('register-target', { mode: 'restore', document: present });
    present = { ...present, change: { cpuPolicy: policy, bounds } };
    expect(await settings()).toEqual({ ...before, scalingInSuspended: true });
    await call('register-target', { mode: 'resume', document: present });
    expect(await settings()).toEqual(before);
  });

  it('rollback deploys the present definition again where that is asked for', async () => {
    const request = await requested('rollback', 'back', { to: 'redeploy' });
    const { incident, assessment } = out;
    expect(await call('rollback', { document: { request, incident, assessment } })).toMatchObject({
      action: 'redeploy',
      to: expect.stringMatching(/task-definition\/buywhere-api:3$/),
    });
    expect((await settings()).desired).toBe(3);
  });
});
