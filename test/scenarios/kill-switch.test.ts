import { expect, it } from '@jest/globals';
import { switchName } from '../../sandbox/aws/ssm/seed.ts';
import type { WriteRecord } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { asPerson, play, reaching } from './harness.ts';

const turned = (sandbox: Sandbox, Value: string) =>
  asPerson(sandbox, 'AmazonSSM.PutParameter', { Name: switchName(sandbox.config), Value, Overwrite: true });

it('switched off in the middle of an incident: nothing is written any more, and people hear of it', async () => {
  let written: readonly WriteRecord[] = [];
  const { report, sandbox } = await play({
    meanwhile: async (present) => {
      await reaching(present, 'emergency-scaling', 'Wait for the tasks');
      await turned(present, 'off');
      written = [...present.aws.writes];
    },
  });

  const own = ({ who }: WriteRecord) => who !== 'application-autoscaling';
  expect(written.filter(own).map(({ call }) => call)).toContain('ecs:UpdateService');
  expect(sandbox.aws.writes.filter(own)).toEqual(written.filter(own));
  expect(report.outcome).toBe('held');
  expect(sandbox.aws.mailbox.map(({ text }) => text).join()).toContain('switched off');
});

it('is read before each write, by the parameter of its stage', async () => {
  const { sandbox } = await play();
  const read = sandbox.aws.calls.filter(
    ({ service, input }) => service === 'ssm' && Object(input).Name === switchName(sandbox.config),
  );
  const writes = sandbox.aws.calls.filter(({ operation }) =>
    /^(UpdateService|RegisterScalableTarget|PutScalingPolicy)$/.test(operation),
  );
  expect(read.length).toBeGreaterThanOrEqual(writes.length);
});
