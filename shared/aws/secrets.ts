import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Resources } from '../lambda/context.ts';
import { retryStrategy } from './retry.ts';

/** Kept this long in a warm function, so that a rotated secret is picked up without a deployment. */
const keptSeconds = 300;

/**
 * Secrets as SSM parameters of type SecureString. That a parameter does not exist is kept as well: one that nobody has
 * made is not asked for at every call. @throws the AWS error when a parameter is missing or denied.
 */
export const secrets = (): Resources['secrets'] =>
  secretsIn(new SSMClient({ retryStrategy: retryStrategy(Math.random) }));

/** The same over a client. */
export const secretsIn = (ssm: SSMClient): Resources['secrets'] => {
  const kept = new Map<string, { found: string | Error; at: number }>();
  return {
    async read(name, maxAgeSeconds = keptSeconds) {
      const known = kept.get(name);
      const isYoung = known && Date.now() - known.at < maxAgeSeconds * 1000;
      const found = isYoung ? known.found : await ask(ssm, name);
      if (!isYoung) kept.set(name, { found, at: Date.now() });
      if (typeof found === 'string') return found;
      throw found;
    },
  };
};

async function ask(ssm: SSMClient, name: string): Promise<string | Error> {
  try {
    const answer = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    const value = answer.Parameter?.Value ?? '';
    if (value === '') throw new Error(`the SSM parameter ${name} is empty`);
    return value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return error;
    throw error;
  }
}
