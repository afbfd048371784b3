import { ServiceNotUsableError } from './errors.ts';
import { oneLine } from './plain-text.ts';
import { isThrottling } from './throttling.ts';

/** What went wrong elsewhere, in its own words: the name of an error and its message. Nothing is decided by them. */
type Foreign = { error: string; message: string };

type Malformed =
  | { problem: 'too-large'; bytes: number }
  | { problem: 'several-series'; count: number }
  /** Neither what the Prometheus API answers nor a `/metrics` page; `detail` names the first fault. */
  | { problem: 'other-format'; detail: string };

/** The closed list of causes for which something is unknown, each with the facts that it takes. */
export type UnknownFacts = {
  throttled: Foreign;
  denied: Foreign;
  /** AWS does not know what was asked for. */
  missing: Foreign;
  unreachable: Foreign;
  failed: Foreign;
  /** The service is missing, not active or of a kind that is not supported; the message says which. */
  'not-usable': { message: string };
  /** No answer by the deadline, or by the call's own time-out, whose seconds are not known here. */
  late: { seconds?: number };
  'http-status': { status: number };
  'no-points': object;
  /** No request came in the whole window, while CPU is measured and so many targets are healthy. */
  'no-requests': { healthy: number };
  /** Every datapoint has no sound time, is zero where nothing is ever zero, or is no number of 0 or more. */
  implausible: { every: 'time' | 'zero' | 'value' };
  /** The newest datapoint that counts is too old; `newer` says what those after it are, where there are any. */
  stale: { ageSeconds: number; newer?: 'zero' | 'value' };
  frozen: { points: number; value: number };
  /** Two sources say different things of one minute, which starts at `at`. */
  contradicted: { at: string; source: string; value: number; otherSource: string; otherValue: number };
  /** A quantile has reached the last bucket of its histogram: nobody knows how much more it is. */
  'lower-bound': { value: number };
  /** Prometheus warns that the result may be incomplete. */
  partial: { warning: string };
  malformed: Malformed;
  /** The page has no such gauge. */
  absent: { gauge: string };
  'not-configured': {
    lacks:
      | 'prometheus-url'
      | 'prometheus-query'
      | 'metrics-url'
      | 'source'
      | 'row'
      | 'database'
      | 'cache-secret'
      | 'admin-secret'
      | 'instance';
  };
  /** PgBouncer, PostgreSQL or the cache takes this user's password not, or knows no such user. */
  'wrong-password': { user: string };
  /** Who may log in to PgBouncer, but not read its console. */
  'no-stats-user': { user: string };
  /** Who may read PgBouncer's console, but change nothing. */
  'no-admin-user': { user: string };
  /** The server wants TLS, does not have it, or its certificate is not one to trust. */
  tls: { problem: 'required' | 'not-offered' | 'untrusted'; message: string };
  /** PostgreSQL lets nobody in any more. */
  full: object;
  /** The cache lets no further client in: maxclients is reached. */
  'clients-full': object;
  /** The cache has no such command, as ElastiCache has no CONFIG. */
  'no-command': { command: string };
  /** The cache is a replica, which takes no writes. */
  'read-only': object;
  /** The cache still reads its keys from disk, and does nothing else. */
  loading: object;
  /** The cache refuses what may need memory: maxmemory is reached, and its policy removes nothing. */
  'no-memory': object;
  /** An ECS task that does not run yet. */
  starting: object;
  /** No task of an ECS service runs. */
  'no-tasks': object;
  /** Where a server is nobody could find out; `why` in words, where that is known. */
  'no-address': { why?: string };
  /** An address is another one's of the same process. */
  'same-process': { as: string };
  /** Behind one address several processes answer, each now and then. */
  'several-processes': object;
  /** PostgreSQL hides these sessions from the role that reads them. */
  hidden: { sessions: number };
  'every-source': { sources: readonly { source: string; unknown: Unknown }[] };
};

export type UnknownCause = keyof UnknownFacts;

export const unknownCauses: readonly UnknownCause[] = [
  'throttled',
  'denied',
  'missing',
  'unreachable',
  'failed',
  'not-usable',
  'late',
  'http-status',
  'no-points',
  'no-requests',
  'implausible',
  'stale',
  'frozen',
  'contradicted',
  'lower-bound',
  'partial',
  'malformed',
  'absent',
  'not-configured',
  'wrong-password',
  'no-stats-user',
  'no-admin-user',
  'tls',
  'full',
  'clients-full',
  'no-command',
  'read-only',
  'loading',
  'no-memory',
  'starting',
  'no-tasks',
  'no-address',
  'same-process',
  'several-processes',
  'hidden',
  'every-source',
];

/** What could not be read, where it is not plain from where the unknown stands. */
export type Subject =
  | 'service'
  | 'stopped-tasks'
  | 'scalable-target'
  | 'scaling-policies'
  | 'scaling-activities'
  | 'scheduled-actions';

/** Why something is unknown: a cause and its facts. `format/unknown.ts` says it in words. */
export type Unknown = {
  [Cause in UnknownCause]: { cause: Cause; of?: Subject } & UnknownFacts[Cause];
}[UnknownCause];

/** Names of errors by which AWS refuses a call for want of a permission. */
const denials = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
];
const absences = [
  'ClusterNotFoundException',
  'ObjectNotFoundException',
  'ParameterNotFound',
  'ResourceNotFoundException',
  'ServiceNotFoundException',
];
/** Node's codes of connections that do not come about or break. */
const brokenConnections = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
];
const longestMessage = 200;

/** Whether AWS refused a call for want of a permission, by the name of its error; SNS has a name of its own for it. */
export const isDenial = (errorName: string): boolean => denials.includes(errorName);

/** Why an error leaves something unknown, told by its class, its name or its code and never by its message. */
export function unknownBy(error: unknown): Unknown {
  if (!(error instanceof Error)) return { cause: 'failed', error: typeof error, message: '' };
  if (error instanceof ServiceNotUsableError) return { cause: 'not-usable', message: oneLine(error.message) };
  const foreign = { error: error.name, message: oneLine(error.message, longestMessage) };
  if (isThrottling(error.name)) return { cause: 'throttled', ...foreign };
  if (isDenial(error.name)) return { cause: 'denied', ...foreign };
  if (absences.includes(error.name)) return { cause: 'missing', ...foreign };
  if (error.name === 'TimeoutError') return { cause: 'late' };
  // `fetch` wraps the broken connection, the AWS SDK throws it as it is.
  if ([error, error.cause].some((one) => brokenConnections.includes(codeOf(one))))
    return { cause: 'unreachable', ...foreign };
  return { cause: 'failed', ...foreign };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** OpenSSL's and Node's codes of a certificate or of a handshake. Source: Node, tls and errors. */
const tlsCode = /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_|EPROTO)/;

/** Whether a connection broke by its certificate or its handshake. */
export const isTlsFault = (error: unknown): boolean => tlsCode.test(codeOf(error));

/** Whether something is unknown because AWS throttled the call, or one of the calls. */
export const isThrottled = (unknown: Unknown): boolean =>
  unknown.cause === 'throttled' ||
  (unknown.cause === 'every-source' && unknown.sources.some((source) => isThrottled(source.unknown)));
