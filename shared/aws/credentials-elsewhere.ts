import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { doesIdentityRequireRefresh, isIdentityExpired, memoizeIdentityProvider } from '@smithy/core';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Elsewhere } from '../config/elsewhere.ts';

type Sts = NonNullable<Parameters<typeof fromTemporaryCredentials>[0]['clientConfig']>;
type Credentials = (() => Promise<AwsCredentialIdentity>) & { memoized: true };

/** By the object and not by its values: it lives as long as the clients that an execution has. */
const known = new WeakMap<Elsewhere, Credentials>();

/**
 * Credentials of a role in another account, the same ones for all clients of an execution: asked for at the first call, and
 * anew five minutes before they end. Source: STS API, AssumeRole; a role that takes another gets an hour.
 * @param sts the client of STS; its Region is the stage's own
 * @throws an error of STS's name that tells the role: `AccessDenied` where STS refuses it
 */
export function credentialsElsewhere(elsewhere: Elsewhere, sts: Sts): Credentials {
  const before = known.get(elsewhere);
  if (before) return before;
  const { role, externalId, session } = elsewhere;
  const assume = fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: session, ExternalId: externalId, DurationSeconds: 3600 },
    clientConfig: sts,
  });
  const asked = () => assume().catch((error: unknown) => Promise.reject(refusalOf(role, error)));
  const kept = memoizeIdentityProvider(asked, isIdentityExpired, doesIdentityRequireRefresh);
  if (!kept) throw new Error('a provider of credentials was given');
  // Else each client would remember them for itself, and ask STS for itself.
  const made: Credentials = Object.assign(kept, { memoized: true as const });
  known.set(elsewhere, made);
  return made;
}

/** STS names the role at the end of its sentence, if at all, and what people read is shortened. */
function refusalOf(role: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`sts:AssumeRole of ${role}: ${String(error)}`);
  const told = new Error(`sts:AssumeRole of ${role}: ${error.message}`, { cause: error });
  return Object.assign(told, { name: error.name });
}
