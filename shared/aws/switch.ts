import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Resources } from '../lambda/context.ts';
import { environmentVariable } from './environment.ts';
import { retryStrategy } from './retry.ts';

/**
 * The switch is an SSM parameter: any value but `on` stops every run before its next write. It is read before each
 * write and never kept. When it cannot be read, the error ends the step and the run holds: a switch that is unknown
 * is not on.
 */
const switchParameter = (): Resources['switch'] => {
  const ssm = new SSMClient({ retryStrategy: retryStrategy(Math.random) });
  return {
    async isOn() {
      const answer = await ssm.send(
        new GetParameterCommand({ Name: environmentVariable('SWITCH_PARAMETER') }),
      );
      return answer.Parameter?.Value?.trim().toLowerCase() === 'on';
    },
  };
};

export { switchParameter as switch };
