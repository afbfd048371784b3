import { describe, expect, it } from '@jest/globals';
import { type Unknown, type UnknownCause, unknownCauses } from '../../../shared/core/unknown.ts';
import { healthText } from '../../../shared/format/health.ts';
import { told } from '../../../shared/format/unknown.ts';

const foreign = { error: 'SomeException', message: 'said AWS' };

const said: readonly [Unknown, string][] = [
  [{ cause: 'throttled', ...foreign }, 'throttled by AWS'],
  [{ cause: 'throttled', of: 'service', ...foreign }, 'ECS service: throttled by AWS'],
  [{ cause: 'denied', of: 'stopped-tasks', ...foreign }, 'ECS tasks: access denied: said AWS'],
  [{ cause: 'denied', error: 'Forbidden', message: '' }, 'access denied'],
  [{ cause: 'missing', of: 'scalable-target', ...foreign }, 'scalable target: not found: said AWS'],
  [{ cause: 'unreachable', ...foreign }, 'not reachable: said AWS'],
  [{ cause: 'failed', of: 'scaling-policies', ...foreign }, 'scaling policies: the call failed: said AWS'],
  [{ cause: 'not-usable', message: 'service api is DRAINING' }, 'service api is DRAINING'],
  [{ cause: 'late', seconds: 10, of: 'scaling-activities' }, 'scaling activities: no answer within 10 s'],
  [{ cause: 'late' }, 'no answer in time'],
  [{ cause: 'http-status', status: 503 }, 'HTTP status 503'],
  [{ cause: 'no-points' }, 'no datapoints'],
  [{ cause: 'no-requests', healthy: 3 }, 'no request came; 3 targets are healthy'],
  [{ cause: 'no-requests', healthy: 1 }, 'no request came; 1 target is healthy'],
  [{ cause: 'implausible', every: 'time' }, 'every datapoint lies in the future or has no time'],
  [{ cause: 'implausible', every: 'value' }, 'every datapoint is NaN, negative or zero'],
  [{ cause: 'implausible', every: 'zero' }, 'every datapoint is zero'],
  [{ cause: 'stale', ageSeconds: 390 }, 'the newest datapoint is 390 s old'],
  [
    { cause: 'stale', ageSeconds: 390, newer: 'zero' },
    'the newest datapoint that counts is 390 s old; each after it is zero',
  ],
  [{ cause: 'frozen', points: 5, value: 50 }, 'frozen: the newest 5 datapoints are all 50'],
  [
    {
      cause: 'contradicted',
      at: '2026-10-02T17:09:00.000Z',
      source: 'CloudWatch',
      value: 0.5,
      otherSource: 'Prometheus',
      otherValue: 4,
    },
    'contradiction: at 17:09 UTC CloudWatch says 0.5 and Prometheus says 4',
  ],
  [{ cause: 'lower-bound', value: 1 }, 'at least 1, the last bucket of the histogram'],
  [{ cause: 'partial', warning: 'remote read failed' }, 'the answer may be incomplete: remote read failed'],
  [{ cause: 'malformed', problem: 'too-large', bytes: 65_536 }, 'the answer is larger than 65,536 bytes'],
  [{ cause: 'malformed', problem: 'several-series', count: 2 }, '2 series instead of one'],
  [
    { cause: 'malformed', problem: 'other-format', detail: 'line 1: no number' },
    'not the expected format (line 1: no number)',
  ],
  [{ cause: 'absent', gauge: 'db_connection_pool_size' }, 'the page has no db_connection_pool_size'],
  [{ cause: 'not-configured', lacks: 'prometheus-url' }, 'no address of Prometheus is configured'],
  [{ cause: 'not-configured', lacks: 'prometheus-query' }, 'no Prometheus query is configured for it'],
  [{ cause: 'not-configured', lacks: 'metrics-url' }, 'no address of the /metrics page is configured'],
  [{ cause: 'not-configured', lacks: 'source' }, 'no source is configured'],
  [{ cause: 'not-configured', lacks: 'database' }, 'no direct connection is configured (pgbouncer.database)'],
  [
    { cause: 'not-configured', lacks: 'cache-secret' },
    'the cache wants a password, and no secret is configured (cache.secret)',
  ],
  [
    { cause: 'not-configured', lacks: 'instance' },
    'no PgBouncer of this address is configured (pgbouncer.instances)',
  ],
  [{ cause: 'wrong-password', user: 'stats' }, 'user stats or its password is refused'],
  [{ cause: 'no-admin-user', user: 'app' }, 'app is not in admin_users of pgbouncer.ini'],
  [{ cause: 'no-stats-user', user: 'app' }, 'app is in neither stats_users nor admin_users of pgbouncer.ini'],
  [
    { cause: 'tls', problem: 'required', message: '' },
    'the server wants TLS, and tls is none in the configuration',
  ],
  [
    { cause: 'tls', problem: 'not-offered', message: '' },
    'the server has no TLS, and tls is not none in the configuration',
  ],
  [
    { cause: 'tls', problem: 'untrusted', message: 'certificate has expired' },
    'TLS: the certificate is not trusted: certificate has expired',
  ],
  [{ cause: 'full' }, 'PostgreSQL refuses connections: every slot is taken'],
  [{ cause: 'clients-full' }, 'every client connection is taken (maxclients)'],
  [{ cause: 'no-command', command: 'CONFIG' }, 'the cache has no command CONFIG'],
  [{ cause: 'read-only' }, 'the cache is a replica, which takes no writes'],
  [{ cause: 'loading' }, 'the cache still reads its keys from disk'],
  [{ cause: 'no-memory' }, 'the cache refuses writes: its memory is full (maxmemory)'],
  [{ cause: 'starting' }, 'the task is starting'],
  [{ cause: 'no-tasks' }, 'no task of this service runs'],
  [{ cause: 'no-address' }, 'its address is not known'],
  [{ cause: 'no-address', why: 'throttled by AWS' }, 'its address is not known: throttled by AWS'],
  [
    { cause: 'same-process', as: '10.0.1.5:6432' },
    'it is the same PgBouncer as 10.0.1.5:6432: name each process once',
  ],
  [
    { cause: 'several-processes' },
    'several PgBouncers answer at this address: each needs an address of its own (pgbouncer.instances)',
  ],
  [{ cause: 'hidden', sessions: 1 }, '1 session is hidden from this role: it needs pg_monitor'],
  [{ cause: 'hidden', sessions: 34 }, '34 sessions are hidden from this role: it needs pg_monitor'],
  [
    {
      cause: 'every-source',
      sources: [
        { source: 'CloudWatch', unknown: { cause: 'stale', ageSeconds: 400 } },
        { source: 'Prometheus', unknown: { cause: 'no-points' } },
      ],
    },
    'CloudWatch: the newest datapoint is 400 s old; Prometheus: no datapoints',
  ],
];

describe('what is unknown, in words', () => {
  it.each(said)('%j', (unknown, text) => {
    expect(told(unknown)).toEqual({ ...unknown, text });
  });

  it('has words for every cause, and a test of them', () => {
    const tested = new Set<UnknownCause>(said.map(([{ cause }]) => cause));
    expect([...tested].sort()).toEqual([...unknownCauses].sort());
  });

  it('has the unit of the metric', () => {
    const frozen: Unknown = { cause: 'frozen', points: 5, value: 1022 };
    const both: Unknown = { cause: 'every-source', sources: [{ source: 'CloudWatch', unknown: frozen }] };
    expect(told(frozen, 'requestRatePerMinute').text).toBe(
      'frozen: the newest 5 datapoints are all 1,022/min',
    );
    expect(told(both, 'requestRatePerMinute').text).toContain('1,022/min');
  });
});

describe('health in words', () => {
  it.each<[Parameters<typeof healthText>[0], string]>([
    [{ status: 200, milliseconds: 60, down: [] }, '200 in 60 ms'],
    [{ status: 200, milliseconds: 60, verdict: 'UP', down: [] }, '200 in 60 ms, says "UP"'],
    [
      { status: 503, milliseconds: 9, verdict: 'fail', down: ['redis', 'database'] },
      '503 in 9 ms, says "fail", redis, database down',
    ],
    [{ unknown: { cause: 'late' }, down: [] }, 'no answer in time'],
  ])('%j', (health, text) => {
    expect(healthText(health)).toBe(text);
  });
});
