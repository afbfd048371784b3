import { describe, expect, it } from '@jest/globals';
import { circumstancesOf, readCircumstances } from '../../../sandbox/circumstances/read.ts';

const stopped = { stopCode: 'SpotInterruption', stoppedAt: '2026-10-02T17:03:00Z' };
const steps = { PolicyName: 'p', StepScalingPolicyConfiguration: {} };

describe('faulty circumstances', () => {
  it.each<[unknown, string]>([
    [[], 'must be a JSON object'],
    [{ trafficfactor: 2 }, 'input: unknown key "trafficfactor"'],
    [{ scenario: 'storm' }, 'scenario: must be one of traffic-spike, ramp,'],
    [{ trafficFactor: 0 }, 'trafficFactor: must be from 0.01 to 100'],
    [
      { cpuMetricType: 'CPU' },
      'cpuMetricType: must be one of ECSServiceAverageCPUUtilization, ECSServiceAverage',
    ],
    [{ stoppedTasks: {} }, 'stoppedTasks: expected array, received object'],
    [{ stoppedTasks: [{ stopCode: 'UserInitiated' }] }, 'stoppedTasks.0.stoppedAt: is missing'],
    [
      { stoppedTasks: [{ ...stopped, stopCode: 'Spot' }] },
      'stoppedTasks.0.stopCode: must be one of EssentialContainerExited, InfrastructureHealth,',
    ],
    [
      { stoppedTasks: [{ ...stopped, stopedReason: 'x' }] },
      'stoppedTasks.0: unknown member "stopedReason"; AWS has "stoppedReason"',
    ],
    [
      { stoppedTasks: [{ ...stopped, startedAt: 'yesterday' }] },
      'stoppedTasks.0.startedAt: expected a time in ISO 8601 or epoch seconds, received string',
    ],
    [
      { stoppedTasks: [{ ...stopped, stoppedAt: 1_790_960_580_000 }] },
      'stoppedTasks.0.stoppedAt: expected a time in ISO 8601 or epoch seconds, received number',
    ],
    [{ stoppedTasks: [{ ...stopped, lastStatus: 'RUNNING' }] }, 'stoppedTasks.0.lastStatus: must be STOPPED'],
    [{ servicePatch: { desiredCount: '3' } }, 'servicePatch.desiredCount: expected number, received string'],
    [
      { servicePatch: { deploymentConfiguration: { minimumHealthyPercen: 50 } } },
      'servicePatch.deploymentConfiguration: unknown member "minimumHealthyPercen"; AWS has "minimumHealthyPercent"',
    ],
    [{ servicePatch: { services: [] } }, 'servicePatch.services: must hold one service'],
    [
      { serviceEvents: [{ createdAt: 'now', message: 'm' }] },
      'serviceEvents.0.createdAt: expected a time in ISO 8601 or epoch seconds',
    ],
    [
      { scheduledAction: { name: 'a', secondsAfterAlarm: 10 } },
      'scheduledAction: minCapacity or maxCapacity is missing',
    ],
    [
      { scheduledAction: { name: 'a', secondsAfterAlarm: 10, minCapacity: 5, maxCapacity: 4 } },
      'scheduledAction: minCapacity must not be above maxCapacity',
    ],
    [
      { deployments: [{ secondsAfterAlarm: 0, restart: true, bad: true }] },
      'deployments.0: a restart deploys the present revision: without revision, bad and exitsAfterSeconds',
    ],
    [
      { deployments: [{ secondsAfterAlarm: -99_999 }] },
      'deployments.0.secondsAfterAlarm: must be from -21600 to 86400',
    ],
    [{ sidecars: {} }, 'sidecars.maxConnections'],
    [{ sidecars: { maxConnections: 0 } }, 'sidecars.maxConnections: must be from 1 to 100000'],
    [
      { troubles: [{ kind: 'storm' }] },
      'troubles.0.kind: must be one of spot-reclaim, out-of-memory, load-balancer-kills,',
    ],
    [
      { troubles: [{ kind: 'traffic', secondsAfterAlarm: 0, forSeconds: 10, factor: 1, share: 1 }] },
      'troubles.0: unknown key "share"',
    ],
    [
      { policies: [{ PolicyName: 'p' }] },
      'policies.0: needs either TargetTrackingScalingPolicyConfiguration or',
    ],
    [{ policies: [steps] }, 'policies.0.cpuAbovePercent: must be a number from 1 to 100'],
    [
      { deniedCalls: [{ action: 'UpdateService' }] },
      'deniedCalls.0.action: must be an action as IAM names it',
    ],
    [{ deniedCalls: [{ action: 'ecs:UpdateService', role: 'x' }] }, 'deniedCalls.0: unknown key "role"'],
  ])('%j', (value, message) => {
    expect(() => circumstancesOf(value)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', message: expect.stringContaining(message) }),
    );
  });

  it('name the file', () => {
    expect(() => readCircumstances('no/such.json')).toThrow('--circumstances no/such.json: no such file');
    expect(() => readCircumstances('README.md')).toThrow('--circumstances README.md: not valid JSON');
  });
});

describe('what the AWS CLI printed', () => {
  const pasted = {
    serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/web',
    serviceName: 'web',
    desiredCount: 40,
    deployments: [{ id: 'ecs-svc/1', createdAt: '2026-11-01T10:00:00.123000+00:00' }],
    events: [],
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
    createdAt: 1_700_000_000.5,
    availabilityZoneRebalancing: 'ENABLED',
    memberOfNextYear: { since: 'then' },
  };

  it.each([
    ['the service', pasted],
    ['the whole answer', { services: [pasted], failures: [] }],
  ])('%s: what the sandbox plays itself is left out, what AWS has added since passes through', (_, given) => {
    expect(circumstancesOf({ servicePatch: given }).serviceMembers).toEqual({
      capacityProviderStrategy: pasted.capacityProviderStrategy,
      deploymentConfiguration: pasted.deploymentConfiguration,
      availabilityZoneRebalancing: 'ENABLED',
      memberOfNextYear: { since: 'then' },
    });
  });

  it('by hand every member counts', () => {
    const { serviceMembers } = circumstancesOf({ servicePatch: { deployments: pasted.deployments } });
    expect(serviceMembers).toEqual({
      deployments: [{ id: 'ecs-svc/1', createdAt: Date.parse('2026-11-01T10:00:00.123Z') / 1000 }],
    });
  });

  it('stopped tasks in the answer of describe-tasks, with nested times', () => {
    const { stoppedTasks } = circumstancesOf({
      stoppedTasks: {
        tasks: [
          {
            taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/shop/0a1b',
            lastStatus: 'STOPPED',
            stoppedAt: '2026-10-02T19:03:00+02:00',
            startedAt: 1_790_931_600.25,
            containers: [{ name: 'web', exitCode: 137 }],
          },
        ],
        failures: [],
      },
    });
    expect(stoppedTasks).toMatchObject([
      {
        id: '0a1b',
        stoppedAt: Date.parse('2026-10-02T17:03:00Z'),
        members: { stoppedAt: 1_790_960_580, startedAt: 1_790_931_600.25, containers: [{ exitCode: 137 }] },
      },
    ]);
  });
});
