import { expect, it, jest } from '@jest/globals';
import { playBriefly, settingsOf } from './harness.ts';

jest.setTimeout(120_000);

it.each([
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
])('an incident in %s is restored, and names nothing outside %s', async (region, partition) => {
  const { report, sandbox } = await playBriefly({ change: (config) => Object.assign(config, { region }) });

  expect(report.outcome).toBe('restored');
  expect(settingsOf(report.after)).toEqual(settingsOf(report.before));
  const executions = sandbox.engine.executions.map(({ arn }) => arn);
  expect(executions.length).toBeGreaterThan(1);
  for (const arn of executions)
    expect(arn).toMatch(new RegExp(`^arn:${partition}:states:${region}:\\d{12}:execution:`));
});
