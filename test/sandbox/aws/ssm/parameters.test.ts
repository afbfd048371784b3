import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../../../sandbox/aws/sdk.ts';
import { createHarness } from '../harness.ts';

function ssmClient() {
  const { aws } = createHarness();
  return new SSMClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
    requestHandler: wireRequestHandler(aws.handle, 'person'),
  });
}

it('a parameter is made, read, changed and deleted', async () => {
  const ssm = ssmClient();
  const put = { Name: '/a/switch', Type: 'String', Value: 'on' } as const;
  expect(await ssm.send(new PutParameterCommand(put))).toMatchObject({ Version: 1, Tier: 'Standard' });
  await expect(ssm.send(new PutParameterCommand(put))).rejects.toMatchObject({
    name: 'ParameterAlreadyExists',
  });
  const change = { Name: put.Name, Value: 'off', Overwrite: true };
  expect(await ssm.send(new PutParameterCommand(change))).toMatchObject({ Version: 2 });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: put.Name }));
  expect(Parameter).toMatchObject({
    ARN: 'arn:aws:ssm:ap-southeast-1:123456789012:parameter/a/switch',
    Type: 'String',
    Value: 'off',
    Version: 2,
    LastModifiedDate: new Date('2026-11-23T12:00:00Z'),
  });
  await ssm.send(new DeleteParameterCommand({ Name: put.Name }));
  await expect(ssm.send(new GetParameterCommand({ Name: put.Name }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});

it('a secret is shown only where decryption is asked for', async () => {
  const ssm = ssmClient();
  await ssm.send(new PutParameterCommand({ Name: '/a/token', Type: 'SecureString', Value: 'secret' }));
  const shown = async (WithDecryption: boolean) =>
    (await ssm.send(new GetParametersCommand({ Names: ['/a/token', '/b'], WithDecryption }))).Parameters?.[0]
      ?.Value;
  expect(await shown(true)).toBe('secret');
  expect(await shown(false)).not.toContain('secret');
});

it.each([
  [{ Name: '/aws/a', Type: 'String', Value: 'a' }, 'ValidationException'],
  [{ Name: '/a', Value: 'a' }, 'ValidationException'],
  [{ Name: '/a', Type: 'String', Value: '' }, 'ValidationException'],
  [{ Name: '/a'.repeat(16), Type: 'String', Value: 'a' }, 'HierarchyLevelLimitExceededException'],
  [{ Name: '/known', Type: 'SecureString', Value: 'a', Overwrite: true }, 'HierarchyTypeMismatchException'],
] as const)('%j is refused: %s', async (input, name) => {
  const ssm = ssmClient();
  await ssm.send(new PutParameterCommand({ Name: '/known', Type: 'String', Value: 'a' }));
  await expect(ssm.send(new PutParameterCommand(input))).rejects.toMatchObject({ name });
});
