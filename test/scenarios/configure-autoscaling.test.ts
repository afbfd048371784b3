import { describe, expect, it, jest } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { asPerson, callsOf, notGivenBack, type Played, play, reaching } from './harness.ts';

jest.setTimeout(60_000);

const configure = (part: Parameters<typeof play>[0] = {}): Promise<Played> =>
  play({ event: 'configure-autoscaling.json', scenario: 'quiet', ...part });
const policiesOf = ({ report }: Played) => report.after.policies.map(({ name, target }) => [name, target]);
const scalable = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/buywhere-production/buywhere-api',
};
const register = (sandbox: Sandbox, bounds: object) =>
  asPerson(sandbox, 'AnyScaleFrontendService.RegisterScalableTarget', { ...scalable, ...bounds });

/** Runs the machine once more in the same sandbox. */
async function again({ engine, time }: Sandbox, input: object) {
  const execution = engine.startExecution({ machine: 'configure-autoscaling', input });
  await time.runUntil(() => execution.status !== 'RUNNING', 600_000);
  return execution;
}

describe('configure-autoscaling', () => {
  it('sets up what the configuration names, and only what is missing', async () => {
    const played = await configure();
    expect(played.report.outcome).toBe('configured');
    expect(callsOf(played.report.writes)).toEqual([
      'put-autoscaling application-autoscaling:PutScalingPolicy',
      'put-autoscaling application-autoscaling:PutScalingPolicy',
    ]);
    expect(policiesOf(played)).toEqual([
      ['buywhere-api-cpu-scaling', 70],
      ['buywhere-api-latency-scaling', 0.08],
      ['buywhere-api-request-scaling', 280],
    ]);
    const [notice] = played.sandbox.aws.mailbox;
    expect(notice?.subject).toBe('[production] buywhere-api: autoscaling configured');
    expect(notice?.text).toMatch(/latency target +absent +80 ms/);
  });

  it('sets up a service that has no scalable target', async () => {
    const played = await configure({
      begun: ({ aws }) => aws.seedScaling('DeregisterScalableTarget', scalable),
    });
    expect(played.report.before?.min).toBeUndefined();
    expect(played.report).toMatchObject({ outcome: 'configured', after: { min: 1, max: 10 } });
    expect(policiesOf(played)).toHaveLength(3);
  });

  it('takes the parameters of the runbook’s script', async () => {
    const played = await configure({ event: 'configure-autoscaling-custom.json' });
    expect(played.report.after).toMatchObject({ min: 2, max: 15 });
    expect(policiesOf(played)).toEqual([
      ['buywhere-api-cpu-scaling', 60],
      ['buywhere-api-latency-scaling', 0.06],
      ['buywhere-api-request-scaling', 280],
    ]);
  });

  it('changes nothing the second time, and nobody is told', async () => {
    let second: Awaited<ReturnType<typeof again>> | undefined;
    const { report, sandbox } = await configure({
      meanwhile: async (one) => {
        await one.time.runUntil(
          () => one.engine.executions.some(({ status }) => status === 'SUCCEEDED'),
          600_000,
        );
        second = await again(one, { environment: 'production' });
      },
    });
    expect(second?.output).toMatchObject({
      autoscaling: { action: 'none' },
      outcome: { outcome: 'configured' },
    });
    expect(report.writes).toHaveLength(2);
    expect(sandbox.aws.mailbox).toHaveLength(1);
  });

  it('writes nothing in a dry run, and says what differs', async () => {
    const { report, sandbox } = await configure({ event: 'configure-autoscaling-dry-run.json' });
    expect(report).toMatchObject({ outcome: 'planned', writes: [] });
    expect(textsOf(report.reasons)).toContain('latency target: absent → 80 ms');
    expect(sandbox.engine.executions[0]?.output).toMatchObject({
      autoscaling: { drift: expect.arrayContaining(['latency target: absent, configured is 80 ms']) },
    });
  });

  it.each<[string, object, object, string]>([
    ['a max below the tasks that are wanted', {}, { maxCapacity: 2 }, 'max 2 is below the 3 desired tasks'],
    ['a lower min in production', { MinCapacity: 3, MaxCapacity: 10 }, {}, 'min 3 → 1 would reduce capacity'],
  ])('holds at %s, before any write', async (_case, bounds, parameters, reason) => {
    let output: unknown;
    const { report, sandbox } = await play({
      scenario: 'quiet',
      meanwhile: async (one) => {
        if (Object.keys(bounds).length > 0) await register(one, bounds);
        const execution = await again(one, { environment: 'production', ...parameters });
        output = [execution.error, execution.status];
      },
    });
    expect(output).toEqual(['Held', 'FAILED']);
    expect(report.writes.filter(({ who }) => who !== 'person')).toEqual([]);
    const [notice] = sandbox.aws.mailbox;
    expect(notice?.text).toContain(reason);
    expect(notice?.text).toContain('start configure-autoscaling again');
  });
});

describe('configure-autoscaling and an emergency', () => {
  it('waits for the restore of an incident: while one is open it writes nothing', async () => {
    const errors: unknown[] = [];
    const { report } = await play({
      meanwhile: async (one) => {
        await reaching(one, 'emergency-scaling', 'Wait for the tasks');
        errors.push((await again(one, { environment: 'production' })).error);
        await reaching(one, 'scale-in', 'Wait for calm');
        errors.push((await again(one, { environment: 'production' })).error);
      },
    });
    expect(errors).toEqual(['NotStarted', 'NotStarted']);
    expect(report.outcome).toBe('restored');
    expect(report.writes.filter(({ who }) => who === 'put-autoscaling')).toEqual([]);
  });

  it('an emergency takes the lock away from it', async () => {
    let ended: unknown;
    const { report } = await play({
      scenario: 'quiet',
      // Its first write is slow to begin, so that there is time for the emergency.
      faults: ({ caller, operation }) =>
        caller === 'put-autoscaling' && operation === 'DescribeServices'
          ? { kind: 'delay', milliseconds: 10_000 }
          : undefined,
      meanwhile: async (one) => {
        const input = { environment: 'production' };
        const configuring = one.engine.startExecution({ machine: 'configure-autoscaling', input });
        await reaching(one, 'configure-autoscaling', 'Put the latency policy');
        one.engine.startExecution({ machine: 'emergency-scaling', input });
        await one.time.runUntil(() => configuring.status !== 'RUNNING', 600_000);
        ended = [configuring.status, configuring.error];
      },
    });
    expect(ended).toEqual(['FAILED', 'Superseded']);
    expect(report.writes.filter(({ who }) => who === 'put-autoscaling')).toEqual([]);
  });

  it('leaves its policies alone: only the CPU policy is changed and given back', async () => {
    const { report } = await play({
      meanwhile: async (one) => void (await again(one, { environment: 'production' })),
    });
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    const touched = report.writes
      .filter(({ who }) => who === 'put-policy')
      .map(({ to }) => JSON.stringify(to.policies));
    expect(touched).toHaveLength(2);
    expect(touched.filter((policies) => !policies.includes('"buywhere-api-cpu-scaling"'))).toEqual([]);
    expect(report.after.policies.map(({ name }) => name)).toHaveLength(3);
  });
});
