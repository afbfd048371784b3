import { describe, expect, it, jest } from '@jest/globals';
import type { Besides } from '../../../sandbox/circumstances/besides.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { service as settings } from '../../support/builders.ts';
import { notGivenBack, play } from '../harness.ts';
import { ownWrites } from './support.ts';

jest.setTimeout(120_000);

describe('scenario 49: the service is normally at a warning', () => {
  it.each([1.3, 1.4])('%s × the traffic: CPU that its policy holds at warning is calm', async (factor) => {
    const { report } = await play({
      world: ({ arrivals }) => ({ arrivals: (seconds) => factor * (arrivals?.(seconds) ?? 0) }),
    });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('what was worse than before is not calm', async () => {
    const { report } = await play({
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
    const { report } = await play({ besides: shown(settings.targetGroup) });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('with both groups in the configuration no alarm is false while the traffic is on the alternate one', async () => {
    const { report, sandbox } = await play({
      besides: shown(settings.targetGroup),
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
      const { report } = await play({ dryRun, besides: shown('targetgroup/other/1') });

      expect(ownWrites(report)).toEqual([]);
      expect(report.outcome).toBe('held');
      expect(textsOf(report.reasons).join()).toContain(
        `does not have the configured target group ${settings.targetGroup}; it has targetgroup/other/1 and ${green}`,
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
    const { report } = await play({
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
      const { report } = await play({ world: () => ({ healthBody }) });
      expect(report.outcome).toBe('restored');
    },
  );
});
