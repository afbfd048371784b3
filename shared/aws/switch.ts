import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Resources } from '../lambda/context.ts';
import { environmentVariable } from './environment.ts';
import { retryStrategy } from './retry.ts';

/**
 * The switch is an SSM parameter: any value but `on` stops every run before its next write. It is read before each
 * write and never kept. When it cannot be read, the error ends the step and the run holds: a switch that is unknown
 * is not on.
 */
export const switchIn = (ssm: SSMClient, name: string): Resources['switch'] => ({
  async isOn() {
    const answer = await ssm.send(new GetParameterCommand({ Name: name }));
    return answer.Parameter?.Value?.trim().toLowerCase() === 'on';
  },
});

const switchParameter = (): Resources['switch'] => {
  const ssm = new SSMClient({ retryStrategy: retryStrategy(Math.random) });
  return { isOn: () => switchIn(ssm, environmentVariable('SWITCH_PARAMETER')).isOn() };
};

export { switchParameter as switch };
