import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Resources } from '../lambda/context.ts';
import { retryStrategy } from './retry.ts';

/** Kept this long in a warm function, so that a rotated secret is picked up without a deployment. */
const keptMilliseconds = 300_000;

/** Secrets as SSM parameters of type SecureString. @throws the AWS error when a parameter is missing or denied. */
export const secrets = (): Resources['secrets'] =>
  secretsIn(new SSMClient({ retryStrategy: retryStrategy(Math.random) }));

/** The same over a client. */
export const secretsIn = (ssm: SSMClient): Resources['secrets'] => {
  const kept = new Map<string, { value: string; until: number }>();
  return {
    async read(name) {
      const found = kept.get(name);
      if (found && found.until > Date.now()) return found.value;
      const answer = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      const value = answer.Parameter?.Value ?? '';
      if (value === '') throw new Error(`the SSM parameter ${name} is empty`);
      kept.set(name, { value, until: Date.now() + keptMilliseconds });
      return value;
    },
  };
};
