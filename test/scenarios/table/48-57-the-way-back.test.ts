import { describe, expect, it, jest } from '@jest/globals';
import { request } from '../../../sandbox/approver.ts';
import type { Besides } from '../../../sandbox/circumstances/besides.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { scalable } from '../../../shared/aws/autoscaling.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { service as settings, targetGroup } from '../../support/builders.ts';
import { calls, handleOf, mails } from '../approval-support.ts';
import { asPerson, notGivenBack, play, playBriefly, reaching } from '../harness.ts';
import { allEnded, lowering, name, ownWrites, setBounds, setCount, setPolicy, told } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 49: the service is normally at a warning', () => {
  it.each([1.3, 1.4])('%s × the traffic: CPU that its policy holds at warning is calm', async (factor) => {
    const { report } = await playBriefly({
      world: ({ arrivals }) => ({ arrivals: (seconds) => factor * (arrivals?.(seconds) ?? 0) }),
    });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('what was worse than before is not calm', async () => {
    const { report } = await playBriefly({
      world: () => ({ troubles: [{ kind: 'connections-held', connections: 35, from: 900, until: 1e6 }] }),
      change: ({ timing }) => Object.assign(timing.calm, { deadlineSeconds: 1800 }),
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toMatch(/PgBouncer pool .* is at warning/);
  });
});

describe('scenario 50: blue/green swaps the target group; the configured one is not the service’s', () => {
  const names = (group: string) => `arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:${group}`;
  const green = 'targetgroup/buywhere-api-green/7e1fdf942ffd0a1b';
  const shown = (targetGroup: string): Besides => ({
    shown: {
      idleTargetGroup: { instead: green },
      serviceMembers: {
        deploymentConfiguration: { strategy: 'BLUE_GREEN', maximumPercent: 200, minimumHealthyPercent: 100 },
        loadBalancers: [
          {
            targetGroupArn: names(targetGroup),
            containerName: 'web',
            containerPort: 8080,
            advancedConfiguration: { alternateTargetGroupArn: names(green) },
          },
        ],
      },
    },
  });

  it('the traffic is on the alternate group: both are read, and everything is restored', async () => {
    const { report } = await playBriefly({ besides: shown(targetGroup) });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('with both groups in the configuration no alarm is false while the traffic is on the alternate one', async () => {
    const { report, sandbox } = await playBriefly({
      besides: shown(targetGroup),
      change: ({ services }) => {
        for (const each of Object.values(services)) each.alternateTargetGroup = green;
      },
    });
    const fired = sandbox.alarmEvents.map(({ detail }) =>
      detail.alarmName.replace(`${settings.service}-`, ''),
    );

    expect(report.outcome).toBe('restored');
    expect(fired).toEqual(
      expect.arrayContaining(['HighCPU', 'HighLatencyP99', 'HighRequestRate', 'HighErrorRate']),
    );
    expect(fired).not.toContain('APIDown');
  });

  it.each([false, true])(
    'another group than the configured one (dry run: %s): refused before the first write',
    async (dryRun) => {
      const { report } = await playBriefly({ dryRun, besides: shown('targetgroup/other/1') });

      expect(ownWrites(report)).toEqual([]);
      expect(report.outcome).toBe('held');
      expect(textsOf(report.reasons).join()).toContain(
        `does not have the configured target group ${targetGroup}; it has targetgroup/other/1 and ${green}`,
      );
    },
  );
});

describe('scenario 51: the health URL is unreachable, redirects, is filtered', () => {
  it.each([
    ['no answer, from the start on', { from: 0, until: 1e6 }, 'held'],
    ['no answer during the emergency', { from: 600, until: 1500 }, 'restored'],
    ['no answer since the tasks are more', { from: 1000, until: 1e6 }, 'held'],
  ])('%s: convicts nobody', async (_, when, outcome) => {
    const { report } = await playBriefly({
      world: () => ({ troubles: [{ kind: 'endpoint-down', endpoint: 'api', ...when }] }),
      change: ({ timing }) => Object.assign(timing.calm, { deadlineSeconds: 1800 }),
    });

    expect(Number(report.peak?.desired)).toBeGreaterThan(Number(report.before?.desired));
    expect(report.executions.map(({ stateMachine }) => stateMachine).join()).not.toMatch(/rollback/);
    expect(report.outcome).toBe(outcome);
  });

  it.each(['{"status":"success"}', 'all good', '{"healthz":true}'])(
    'a body that says %s',
    async (healthBody) => {
      const { report } = await playBriefly({ world: () => ({ healthBody }) });
      expect(report.outcome).toBe('restored');
    },
  );
});

describe('scenario 55: count or min raised by hand above the old max', () => {
  it('the count', async () => {
    const { report, sandbox } = await play({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await setCount(present, 15);
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.after).toMatchObject({ desired: 15, min: 1, max: 15 });
    expect(mails(sandbox)[0]?.text).toContain('max stays at 15 instead of 10');
  });

  it('min', async () => {
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await asPerson(present, setBounds, { ...scalable(name), MinCapacity: 12, MaxCapacity: 20 });
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.after).toMatchObject({ desired: 12, min: 12, max: 12 });
    expect(mails(sandbox)[0]?.text).toContain('max stays at 12 instead of 10: a person raised min to 12');
  });
});

describe('scenario 56: everything is restored by hand while the request is open', () => {
  const { target, scaleOutCooldownSeconds, scaleInCooldownSeconds } = settings.cpuPolicy.baseline;
  const policyOfBefore = {
    ...scalable(name),
    PolicyName: settings.cpuPolicy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: target,
      ScaleOutCooldown: scaleOutCooldownSeconds,
      ScaleInCooldown: scaleInCooldownSeconds,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  };
  /** Once the crowd has gone: gives back everything that the emergency changed, as `aws` at a terminal does. */
  async function restoreByHand(present: Sandbox, afterMinutes = 100): Promise<void> {
    await present.time.runUntil(() => false, afterMinutes * 60_000);
    await asPerson(present, setPolicy, policyOfBefore);
    await setCount(present, 3);
    await asPerson(present, setBounds, {
      ...scalable(name),
      MinCapacity: 1,
      MaxCapacity: 10,
      SuspendedState: { DynamicScalingInSuspended: false, ScheduledScalingSuspended: false },
    });
  }
  const pagesOf = (present: Sandbox) =>
    Promise.all(mails(present).map((mail) => request(present, 'GET', handleOf(mail))));

  it('it is withdrawn, its links say so, the incident is closed, and people are told once', async () => {
    const pages: string[] = [];
    const { report, sandbox } = await play({
      approve: 'never',
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        await present.time.runUntil(() => mails(present).length >= 3);
        await restoreByHand(present);
        await allEnded(present);
        pages.push(...(await pagesOf(present)).map(({ body }) => body));
      },
    });
    const ownLowering = lowering(report).filter(
      ({ who }) => who !== 'person' && who !== 'application-autoscaling',
    );

    expect(report.outcome).toBe('restored');
    // Autoscaling was free again, and has taken one task away by the end.
    expect(report.differences).toMatchObject([{ setting: 'desired', before: 3, by: 'autoscaling' }]);
    expect([ownLowering, notGivenBack(report)]).toEqual([[], []]);
    expect(told(sandbox).filter((kind) => kind === 'restored')).toHaveLength(1);
    expect(told(sandbox)).not.toContain('expired');
    expect(mails(sandbox)).toHaveLength(3);
    expect(pages).toHaveLength(3);
    for (const page of pages) {
      expect(page).toContain('Withdrawn: everything is restored');
      expect(page).not.toContain('<form');
    }
  });

  it('before anybody is asked: nobody is', async () => {
    const { report, sandbox } = await play({
      approve: 'never',
      change: ({ timing }) => Object.assign(timing.calm, { forSeconds: 3600 }),
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await restoreByHand(present, 40);
      },
    });

    expect([report.outcome, mails(sandbox)]).toEqual(['restored', []]);
    expect(notGivenBack(report)).toEqual([]);
  });

  it('one setting is left: the request stays open', async () => {
    const { report } = await playBriefly({
      approve: 'never',
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        await restoreByHand(present);
        await asPerson(present, setBounds, { ...scalable(name), MinCapacity: 2, MaxCapacity: 10 });
      },
    });

    expect(report.outcome).toBe('expired');
  });
});

describe('scenario 57: an approver is removed from the configuration', () => {
  it('the link is refused, an earlier yes does not count, and the others decide', async () => {
    const answers: number[] = [];
    const { report, sandbox } = await playBriefly({
      approve: 'never',
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        await present.time.runUntil(() => mails(present).length >= 3);
        const [bolt = '', infra = '', third = ''] = mails(present).map(handleOf);
        answers.push(await approve(present, bolt));
        const { approval } = present.config;
        approval.approvers = approval.approvers.slice(1);
        answers.push(await approve(present, bolt), await approve(present, infra));
        expect(calls(present, 'SendTaskSuccess')).toEqual([]);
        answers.push(await approve(present, third));
      },
    });
    const [, ...left] = sandbox.config.approval.approvers.map(({ name: by }) => by);

    expect(answers).toEqual([200, 404, 200, 200]);
    expect(report.outcome).toBe('restored');
    expect(report.approvals[0]?.by).toContain(left.at(-1));
    expect(calls(sandbox, 'SendTaskSuccess')).toHaveLength(1);
  });

  async function approve(present: Sandbox, handle: string): Promise<number> {
    const { body } = await request(present, 'GET', handle);
    const check = /name="check" value="([^"]*)"/.exec(body)?.[1] ?? '';
    const form = new URLSearchParams({ check, decision: 'approved', reason: 'calm' });
    return (await request(present, 'POST', handle, form.toString())).statusCode;
  }
});
