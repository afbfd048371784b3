import { describe, expect, it, jest } from '@jest/globals';
import { service } from '../../support/builders.ts';
import { notGivenBack, play } from '../harness.ts';
import { ownWrites } from './support.ts';

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
    const { report, sandbox } = await play({ circumstances: { policies: [steps] } });
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
    const { report, sandbox } = await play({
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
    const { report } = await play({ circumstances: { cpuMetricType: highResolution } });

    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(policiesOf(report.peak ?? report.after)).toEqual([
      { name: service.cpuPolicy.name, metric: highResolution, target: 50 },
    ]);
    expect(ownWrites(report).filter(({ who }) => who === 'put-policy')).toHaveLength(2);
  });
});
