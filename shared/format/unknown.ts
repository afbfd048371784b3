import type { MetricName } from '../config/metric-catalogue.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Subject, Unknown, UnknownCause, UnknownFacts } from '../core/unknown.ts';
import type { Unknown as Told } from '../document/unknown.ts';
import { metricValue } from './metrics.ts';

const subjects: Record<Subject, string> = {
  service: 'ECS service',
  'stopped-tasks': 'ECS tasks',
  'scalable-target': 'scalable target',
  'scaling-policies': 'scaling policies',
  'scaling-activities': 'scaling activities',
  'scheduled-actions': 'scheduled actions',
};

const lacks: Record<UnknownFacts['not-configured']['lacks'], string> = {
  'prometheus-url': 'no address of Prometheus is configured',
  'prometheus-query': 'no Prometheus query is configured for it',
  'metrics-url': 'no address of the /metrics page is configured',
  source: 'no source is configured',
  row: 'this service has none',
  'cache-secret': 'the cache wants a password, and no secret is configured (cache.secret)',
  'admin-secret': 'no user who may set it is configured (pgbouncer.adminSecret)',
  instance: 'no PgBouncer of this address is configured (pgbouncer.instances)',
  database: 'no direct connection is configured (pgbouncer.database)',
};

const implausible: Record<UnknownFacts['implausible']['every'], string> = {
  time: 'lies in the future or has no time',
  zero: 'is zero',
  value: 'is NaN, negative or zero',
};

const tlsProblems: Record<UnknownFacts['tls']['problem'], string> = {
  required: 'the server wants TLS, and tls is none in the configuration',
  'not-offered': 'the server has no TLS, and tls is not none in the configuration',
  untrusted: 'TLS: the certificate is not trusted',
};

type Value = (value: number) => string;
type Sentences = { [Cause in UnknownCause]: (facts: UnknownFacts[Cause], value: Value) => string };

const sentences: Sentences = {
  throttled: () => 'throttled by AWS',
  denied: ({ message }) => withMessage('access denied', message),
  missing: ({ message }) => withMessage('not found', message),
  unreachable: ({ message }) => withMessage('not reachable', message),
  failed: ({ message }) => withMessage('the call failed', message),
  'not-usable': ({ message }) => message,
  late: ({ seconds }) => (seconds === undefined ? 'no answer in time' : `no answer within ${seconds} s`),
  'http-status': ({ status }) => `HTTP status ${status}`,
  'no-points': () => 'no datapoints',
  'no-requests': ({ healthy }) =>
    `no request came; ${healthy} ${healthy === 1 ? 'target is' : 'targets are'} healthy`,
  implausible: ({ every }) => `every datapoint ${implausible[every]}`,
  stale: ({ ageSeconds, newer }) =>
    newer === undefined
      ? `the newest datapoint is ${ageSeconds} s old`
      : `the newest datapoint that counts is ${ageSeconds} s old; each after it ${implausible[newer]}`,
  frozen: ({ points, value }, say) => `frozen: the newest ${points} datapoints are all ${say(value)}`,
  contradicted: ({ at, source, value, otherSource, otherValue }, say) =>
    `contradiction: at ${at.slice(11, 16)} UTC ${source} says ${say(value)} and ${otherSource} says ${say(otherValue)}`,
  'lower-bound': ({ value }, say) => `at least ${say(value)}, the last bucket of the histogram`,
  partial: ({ warning }) => `the answer may be incomplete: ${warning}`,
  malformed: (facts) => malformed(facts),
  absent: ({ gauge }) => `the page has no ${gauge}`,
  'not-configured': (facts) => lacks[facts.lacks],
  'wrong-password': ({ user }) => `user ${user} or its password is refused`,
  'no-admin-user': ({ user }) => `${user} is not in admin_users of pgbouncer.ini`,
  'no-stats-user': ({ user }) => `${user} is in neither stats_users nor admin_users of pgbouncer.ini`,
  tls: ({ problem, message }) => withMessage(tlsProblems[problem], message),
  full: () => 'PostgreSQL refuses connections: every slot is taken',
  'clients-full': () => 'every client connection is taken (maxclients)',
  'no-command': ({ command }) => `the cache has no command ${command}`,
  'read-only': () => 'the cache is a replica, which takes no writes',
  loading: () => 'the cache still reads its keys from disk',
  'no-memory': () => 'the cache refuses writes: its memory is full (maxmemory)',
  starting: () => 'the task is starting',
  'no-tasks': () => 'no task of this service runs',
  'no-address': ({ why }) => withMessage('its address is not known', why ?? ''),
  'same-process': ({ as }) => `it is the same PgBouncer as ${as}: name each process once`,
  'several-processes': () =>
    'several PgBouncers answer at this address: each needs an address of its own (pgbouncer.instances)',
  hidden: ({ sessions }) =>
    `${sessions} ${sessions === 1 ? 'session is' : 'sessions are'} hidden from this role: it needs pg_monitor`,
  'every-source': ({ sources }, say) =>
    sources.map(({ source, unknown }) => `${source}: ${sentence(unknown, say)}`).join('; '),
};

function malformed(facts: UnknownFacts['malformed']): string {
  switch (facts.problem) {
    case 'too-large':
      return `the answer is larger than ${facts.bytes.toLocaleString('en-US')} bytes`;
    case 'several-series':
      return `${facts.count} series instead of one`;
    case 'other-format':
      return `not the expected format (${facts.detail})`;
  }
}

const withMessage = (what: string, message: string) => (message === '' ? what : `${what}: ${message}`);

function sentence<Cause extends UnknownCause>(
  unknown: { cause: Cause; of?: Subject } & UnknownFacts[Cause],
  say: Value,
): string {
  const said = sentences[unknown.cause](unknown, say);
  return unknown.of ? `${subjects[unknown.of]}: ${said}` : said;
}

/**
 * Why something is unknown, with the sentence that says so to a person.
 * @param metric which metric is unknown, so that values in the sentence have its unit.
 */
export function told(unknown: Unknown, metric?: MetricName): Told {
  const say: Value = (value) => (metric ? metricValue(metric, value) : String(value));
  return { ...unknown, text: oneLine(sentence(unknown, say)) };
}
