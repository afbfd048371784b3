import type { ECSClient } from '@aws-sdk/client-ecs';
import { ServiceNotUsableError } from '../shared/core/errors.ts';
import { oneLine } from '../shared/core/plain-text.ts';

/** How AWS says that it does not know, or no longer takes, the credentials. Source: AWS APIs, common errors. */
const refusedCredentials: readonly string[] = [
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
];

/** @throws ServiceNotUsableError in one line where this person's environment has no credentials. */
export async function requireCredentials(client: ECSClient, besides = ''): Promise<void> {
  try {
    await client.config.credentials();
  } catch (error) {
    throw new ServiceNotUsableError(
      `no AWS credentials (${whyOf(error)}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY${besides}`,
    );
  }
}

/** What a person is told where the call of an action failed for want of credentials or of an answer; else undefined. */
export function noAccess(action: string, error: unknown): ServiceNotUsableError | undefined {
  const name = error instanceof Error ? error.name : '';
  if (refusedCredentials.includes(name))
    return new ServiceNotUsableError(
      `AWS refuses these credentials (${whyOf(error)}): they are wrong or have expired`,
    );
  // What answers in another language than AWS's is some other server: a proxy's page, or a wrong port.
  const other = error instanceof SyntaxError;
  return statusOf(error) > 0 && !other
    ? undefined
    : new ServiceNotUsableError(
        `AWS does not answer ${action} (${other ? 'something else does' : whyOf(error)})${endpoint()}`,
      );
}

/**
 * The answer of a call without which a command cannot go on.
 * @throws ServiceNotUsableError in one line that names the action, for every failure
 */
export async function asked<T>(action: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ServiceNotUsableError) throw error;
    const verb = statusOf(error) >= 500 ? 'fails at' : 'refuses';
    throw noAccess(action, error) ?? new ServiceNotUsableError(`AWS ${verb} ${action} (${whyOf(error)})`);
  }
}

/** Whoever has left the address of an emulator in the environment sees it where nobody answers there. */
const endpoint = (): string => {
  const url = process.env.AWS_ENDPOINT_URL;
  return url ? `: AWS_ENDPOINT_URL is ${oneLine(url, 200)}` : '';
};

/** The HTTP status of the answer; 0 where a call found nobody. */
function statusOf(error: unknown): number {
  if (!(error instanceof Error && '$metadata' in error)) return 0;
  const metadata: unknown = error.$metadata;
  const known = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  return known ? Number(metadata.httpStatusCode) : 0;
}

/** A connection that is refused at every address of a host has a code and no message. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : 'no reason given';
  return oneLine(error.message, 200) || code;
}
