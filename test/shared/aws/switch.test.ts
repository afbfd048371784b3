import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { switch as switchParameter } from '../../../shared/aws/switch.ts';

const ssm = mockClient(SSMClient);
beforeEach(() => {
  ssm.reset();
  process.env.SWITCH_PARAMETER = '/emergency-scaling/production/switch';
});
afterEach(() => {
  delete process.env.SWITCH_PARAMETER;
});

describe('the switch', () => {
  it.each([
    ['on', true],
    [' On\n', true],
    ['off', false],
    ['only reads', false],
    ['', false],
    [undefined, false],
  ])('with the value %j lets runs write: %s', async (Value, on) => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value } });

    expect(await switchParameter().isOn()).toBe(on);
    expect(ssm.commandCalls(GetParameterCommand)[0]?.args[0].input).toEqual({
      Name: '/emergency-scaling/production/switch',
    });
  });

  it('is not on where the parameter is missing', async () => {
    ssm.on(GetParameterCommand).resolves({});
    expect(await switchParameter().isOn()).toBe(false);
  });

  it('is asked for as often as every other call of AWS', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'on' } });
    await switchParameter().isOn();
    const strategy = await ssm.call(0).thisValue.config.retryStrategy();

    expect(await strategy.getMaxAttempts()).toBe(8);
  });

  it('is read each time anew', async () => {
    ssm
      .on(GetParameterCommand)
      .resolvesOnce({ Parameter: { Value: 'on' } })
      .resolves({ Parameter: { Value: 'off' } });
    const { isOn } = switchParameter();

    expect([await isOn(), await isOn()]).toEqual([true, false]);
  });

  it('is an error where it cannot be read: the run holds', async () => {
    ssm.on(GetParameterCommand).rejects(Object.assign(new Error('gone'), { name: 'ParameterNotFound' }));
    await expect(switchParameter().isOn()).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});
