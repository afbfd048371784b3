import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { mockClient } from 'aws-sdk-client-mock';
import { environmentVariable } from '../../../shared/aws/environment.ts';
import { secrets } from '../../../shared/aws/secrets.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';

const ssm = mockClient(SSMClient);
const asked = () => ssm.commandCalls(GetParameterCommand).map(({ args }) => args[0].input);
const start = Date.parse('2026-10-02T17:10:00Z');
const systemClock = Date.now;
let present = start;
beforeEach(() => {
  ssm.reset();
  present = start;
  Date.now = () => present;
});
afterEach(() => {
  Date.now = systemClock;
});

describe('a secret', () => {
  it('is read decrypted, and kept for five minutes', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'old' } });
    const { read } = secrets();
    expect(await read('/token-a')).toBe('old');

    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'rotated' } });
    present = start + 299_999;
    expect(await read('/token-a')).toBe('old');
    expect(asked()).toEqual([{ Name: '/token-a', WithDecryption: true }]);
    present = start + 300_000;
    expect(await read('/token-a')).toBe('rotated');
  });

  it('is read again where what is kept is older than the caller takes', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'too short' } });
    const { read } = secrets();
    await read('/token-a');
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'corrected' } });
    present = start + 4_999;
    expect(await read('/token-a', 5)).toBe('too short');
    present = start + 5_000;
    expect(await read('/token-a', 5)).toBe('corrected');
    expect(await read('/token-a')).toBe('corrected');
    expect(asked()).toHaveLength(2);
  });

  it('that nobody has made is asked for once in five minutes, and found when it is made', async () => {
    const absent = Object.assign(new Error('/token-b'), { name: 'ParameterNotFound' });
    ssm.on(GetParameterCommand).rejects(absent);
    const { read } = secrets();
    for (let i = 0; i < 3; i++) await expect(read('/token-b')).rejects.toBe(absent);
    expect(asked()).toHaveLength(1);
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'made' } });
    present = start + 300_000;
    expect(await read('/token-b')).toBe('made');
  });

  it('that cannot be read now is asked for at each call', async () => {
    ssm
      .on(GetParameterCommand)
      .rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
    const { read } = secrets();
    for (let i = 0; i < 2; i++) await expect(read('/token-a')).rejects.toThrow('denied');
    expect(asked()).toHaveLength(2);
  });

  it('is asked for again where the call fails, as all of AWS is', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'x' } });
    await secrets().read('/token-a');
    const [call] = ssm.commandCalls(GetParameterCommand);
    expect(await call?.thisValue.config.retryStrategy()).toBeInstanceOf(ConfiguredRetryStrategy);
  });

  it('is kept by its name', async () => {
    ssm.on(GetParameterCommand, { Name: '/a' }).resolves({ Parameter: { Value: 'one' } });
    ssm.on(GetParameterCommand, { Name: '/b' }).resolves({ Parameter: { Value: 'two' } });
    const { read } = secrets();
    expect([await read('/a'), await read('/b'), await read('/a')]).toEqual(['one', 'two', 'one']);
  });

  it.each([{}, { Parameter: {} }, { Parameter: { Value: '' } }])(
    'is no secret when it is %j',
    async (answer) => {
      ssm.on(GetParameterCommand).resolves(answer);
      await expect(secrets().read('/token-a')).rejects.toThrow('the SSM parameter /token-a is empty');
    },
  );
});

it('names the environment variable that is missing', () => {
  process.env.A_TABLE = '';
  expect(() => environmentVariable('A_TABLE')).toThrow(
    new InvalidInputError('environment variable A_TABLE: is not set on this function'),
  );
  process.env.A_TABLE = 'here';
  expect(environmentVariable('A_TABLE')).toBe('here');
  delete process.env.A_TABLE;
});
