import { describe, expect, it, jest } from '@jest/globals';
import { service } from '../../support/builders.ts';
import { calls } from '../approval-support.ts';
import { asPerson, notGivenBack, playBriefly, reaching } from '../harness.ts';
import { allEnded, lowering, ownWrites, startAtConsole } from './support.ts';

jest.setTimeout(120_000);

const highResolution = 'ECSServiceAverageCPUUtilizationHighResolution';
const policiesOf = ({ policies }: { policies: { name: string; metric: string; target?: number }[] }) =>
  policies.map(({ name, metric, target }) => ({ name, metric, target }));

describe("scenario 59: a policy of the temporary name is not the runbook's", () => {
  const steps = {
    PolicyName: service.cpuPolicy.temporaryName,
    PolicyType: 'StepScaling',
    cpuAbovePercent: 99,
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    },
  };

  it('it stays, and is reported', async () => {
    const { report, sandbox } = await playBriefly({ circumstances: { policies: [steps] } });
    const said = JSON.stringify(sandbox.logs.map(({ fields }) => fields));

    expect(report.outcome).toBe('restored');
    expect(report.after.policies.map(({ name }) => name)).toContain(service.cpuPolicy.temporaryName);
    expect(notGivenBack(report)).toEqual([]);
    expect(said).toContain('temporary-name-taken');
    expect(said).not.toContain('temporary-policy-removed');
  });

  it("the runbook's own, beside a policy of 20-second points, is removed, and the plan says so", async () => {
    const temporary = {
      PolicyName: service.cpuPolicy.temporaryName,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    };
    const { report, sandbox } = await playBriefly({
      circumstances: { cpuMetricType: highResolution, policies: [temporary] },
    });

    expect(report.outcome).toBe('restored');
    expect(policiesOf(report.after)).toEqual([
      { name: service.cpuPolicy.name, metric: highResolution, target: 70 },
    ]);
    expect(sandbox.aws.mailbox.map(({ text }) => text).join('\n')).toContain(
      `found the temporary policy ${service.cpuPolicy.temporaryName}; it is removed on restore`,
    );
  });

  it('the CPU policy of 20-second points is lowered and given back as it was', async () => {
    const { report } = await playBriefly({ circumstances: { cpuMetricType: highResolution } });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(policiesOf(report.peak ?? report.after)).toEqual([
      { name: service.cpuPolicy.name, metric: highResolution, target: 50 },
    ]);
    expect(ownWrites(report).filter(({ who }) => who === 'put-policy')).toHaveLength(2);
  });
});

describe('scenario 59: a CPU policy that spells its metric out', () => {
  const spelt = {
    MetricName: 'CPUUtilization',
    Namespace: 'AWS/ECS',
    Dimensions: [
      { Name: 'ServiceName', Value: service.service },
      { Name: 'ClusterName', Value: service.cluster },
    ],
    Statistic: 'Average',
    Unit: 'Percent',
  };
  const customized = (own: object, target: number = service.cpuPolicy.baseline.target) => ({
    PolicyName: service.cpuPolicy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: target,
      ScaleOutCooldown: service.cpuPolicy.baseline.scaleOutCooldownSeconds,
      ScaleInCooldown: service.cpuPolicy.baseline.scaleInCooldownSeconds,
      CustomizedMetricSpecification: own,
    },
  });

  it('is lowered, and given back in its own words', async () => {
    const { report, sandbox } = await playBriefly({ circumstances: { policies: [customized(spelt)] } });
    const puts = calls(sandbox, 'PutScalingPolicy').filter(({ caller }) => caller === 'put-policy');
    const configurations = puts.map(({ input }) => Object(input).TargetTrackingScalingPolicyConfiguration);

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(configurations.map(({ TargetValue }) => TargetValue)).toEqual([50, 70]);
    for (const { CustomizedMetricSpecification: own } of configurations) expect(own).toEqual(spelt);
    expect(configurations.every(({ PredefinedMetricSpecification: own }) => own === undefined)).toBe(true);
    expect(policiesOf(report.after)).toEqual([
      { name: service.cpuPolicy.name, metric: 'AWS/ECS/CPUUtilization', target: 70 },
    ]);
  });

  it('with metric math is another policy: it stays, and the plan says that there is none on CPU', async () => {
    const metric = { Namespace: spelt.Namespace, MetricName: spelt.MetricName };
    const math = [
      {
        Id: 'cpu',
        MetricStat: { Metric: { ...metric, Dimensions: spelt.Dimensions }, Stat: 'Average' },
        ReturnData: false,
      },
      { Id: 'ours', Expression: 'cpu', ReturnData: true },
    ];
    const { report, sandbox } = await playBriefly({
      circumstances: { policies: [customized({ Metrics: math })] },
    });
    const said = JSON.stringify(sandbox.logs.map(({ fields }) => fields));

    expect(report.outcome).toBe('restored');
    expect(ownWrites(report).filter(({ who }) => who === 'put-policy')).toEqual([]);
    expect(policiesOf(report.after)).toEqual(policiesOf(report.before ?? report.after));
    expect(said).toContain('no-cpu-policy');
  });
});

describe('scenario 61: enough tasks run, and one stays pending', () => {
  it('the run recovers with those that run, and goes back as always', async () => {
    const { report, sandbox } = await playBriefly({
      world: () => ({ troubles: [{ kind: 'no-capacity', spareTasks: 16, from: 0, until: 3000 }] }),
    });
    const codes = JSON.stringify(sandbox.logs.map(({ fields }) => fields));

    expect(report.outcome).toBe('restored');
    expect([report.peak?.desired, report.peak?.running]).toEqual([20, 19]);
    expect(codes).toContain('enough-for-traffic');
    expect(notGivenBack(report)).toEqual([]);
  });
});

describe('scenario 62: a deployment awaits an action', () => {
  const paused = {
    deployments: [{ secondsAfterAlarm: 60 }],
    troubles: [{ kind: 'deployment-pause', secondsAfterAlarm: 30, forSeconds: 300 }],
  };
  const ecsTarget = 'AmazonEC2ContainerServiceV20141113';

  it('stops no scaling out; scale-in says what it waits for, and goes on once somebody has acted', async () => {
    let continued = 0;
    const { report, sandbox } = await playBriefly({
      circumstances: paused,
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await present.time.runUntil(() => false, 1_800_000);
        const { cluster, name } = present.world.services[0] ?? { cluster: '', name: '' };
        const handle = async (operation: string, body: object) => {
          const answer = await present.aws.handle({
            method: 'POST',
            path: '/',
            headers: {
              'content-type': 'application/x-amz-json-1.1',
              'x-amz-target': `${ecsTarget}.${operation}`,
            },
            body: JSON.stringify(body),
            caller: 'person',
          });
          return JSON.parse(answer.body);
        };
        const { serviceDeployments } = await handle('ListServiceDeployments', { cluster, service: name });
        const [{ serviceDeploymentArn }] = serviceDeployments;
        const described = await handle('DescribeServiceDeployments', {
          serviceDeploymentArns: [serviceDeploymentArn],
        });
        const [{ hookId }] = described.serviceDeployments[0].lifecycleHookDetails;
        await asPerson(present, `${ecsTarget}.ContinueServiceDeployment`, { serviceDeploymentArn, hookId });
        continued = present.time.now();
      },
    });
    const said = JSON.stringify(sandbox.logs.map(({ fields }) => fields));

    expect(report.peak?.desired).toBeGreaterThan(9);
    expect(said).toContain('deployment-awaits-action');
    expect(lowering(report).filter(({ at }) => Date.parse(at) < continued)).toEqual([]);
    expect(report.outcome).toBe('restored');
    expect(report.after.taskDefinition).toMatch(/:43$/);
  });

  it('is rolled back at its hook when a rollback is asked for', async () => {
    const { report } = await playBriefly({
      circumstances: paused,
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        startAtConsole(present, 'rollback', { service: service.service, to: 'automatic' });
        await allEnded(present);
      },
    });

    expect(report.writes.map(({ call }) => call)).toContain('ecs:ContinueServiceDeployment');
    expect(report.after.taskDefinition).toMatch(/:42$/);
  });
});
