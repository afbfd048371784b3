import { describe, expect, it, jest } from '@jest/globals';
import { scalable } from '../../shared/aws/autoscaling.ts';
import { service } from '../support/builders.ts';
import { asPerson, play, reaching } from './harness.ts';

jest.setTimeout(60_000);

const name = { cluster: service.cluster, service: service.service };
const setDesired = 'AmazonEC2ContainerServiceV20141113.UpdateService';
const setBounds = 'AnyScaleFrontendService.RegisterScalableTarget';
/** Notices take a while, so that a person has the time to act before the next step. */
const slowNotices = ({ operation }: { operation: string }) =>
  operation === 'Publish' ? ({ kind: 'delay', milliseconds: 5000 } as const) : undefined;

describe('a person changes something in the middle: the run stops, alerts and keeps it', () => {
  it('the bounds, just before they are raised', async () => {
    const { report } = await play({
      faults: slowNotices,
      meanwhile: async (sandbox) => {
        await reaching(sandbox, 'emergency-scaling', 'Tell people that it started');
        await asPerson(sandbox, setBounds, { ...scalable(name), MinCapacity: 3, MaxCapacity: 15 });
      },
    });

    expect(report.outcome).toBe('held');
    expect(report.reasons.join()).toContain('ChangedByPersonError');
    expect(report.after).toMatchObject({ min: 3, max: 15, suspended: { dynamicScalingIn: false } });
    expect(report.writes.filter(({ who }) => who !== 'application-autoscaling')).toMatchObject([
      { who: 'person' },
    ]);
  });

  it('the count, between two steps down', async () => {
    const { report } = await play({
      meanwhile: async (sandbox) => {
        await reaching(sandbox, 'scale-in', 'Wait for the cooldown');
        await asPerson(sandbox, setDesired, { ...name, desiredCount: 9 });
      },
    });

    expect(report.outcome).toBe('held');
    expect(report.reasons.join()).toContain('desired count: expected 15, now it is 9; it stays as it is');
    expect(report.after).toMatchObject({ desired: 9, min: 2, max: 20 });
  });

  it('the count, while the approval is open', async () => {
    const { report } = await play({
      meanwhile: async (sandbox) => {
        await reaching(sandbox, 'scale-in', 'Ask for approval');
        await asPerson(sandbox, setDesired, { ...name, desiredCount: 18 });
      },
    });

    expect(report.outcome).toBe('held');
    expect(report.after).toMatchObject({ desired: 18, min: 2, max: 20 });
    expect(report.writes.filter(({ who }) => who === 'scale-in')).toEqual([]);
  });
});

it('an operator stops the execution: capacity stays where it is', async () => {
  const { report } = await play({
    approve: 'never',
    meanwhile: async (sandbox) => {
      await reaching(sandbox, 'scale-in', 'Ask for approval');
      const scaleIn = sandbox.engine.executions.find(({ machine }) => machine === 'scale-in');
      await asPerson(sandbox, 'AWSStepFunctions.StopExecution', { executionArn: scaleIn?.arn });
    },
  });

  expect(report.executions.some(({ status }) => status === 'ABORTED')).toBe(true);
  expect(report.after.desired).toBe(report.peak?.desired);
  expect(report.writes.filter(({ who }) => who === 'scale-in')).toEqual([]);
});

it('a new alarm during scale-in stops it and scales out again; the first snapshot stays the target', async () => {
  const { report } = await play({ environment: 'staging', scenario: 'plateau' });
  const superseded = report.executions.filter(
    ({ stateMachine, error }) => stateMachine === 'scale-in' && error === 'Superseded',
  );
  const ups = report.writes.filter(({ who, to }) => who === 'scale-out' && Number(to.desired) > 0);

  expect(superseded.length).toBeGreaterThan(0);
  expect(ups.length).toBeGreaterThan(1);
  expect(report.outcome).toBe('restored');
  expect(report.after).toMatchObject({
    min: report.before?.min,
    max: report.before?.max,
    policies: report.before?.policies,
  });
});
