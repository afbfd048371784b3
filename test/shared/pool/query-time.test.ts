import { expect, it } from '@jest/globals';
import type { PoolsSeen } from '../../../shared/pool/waiting/pools.ts';
import { counted, one, pool, postgres, session, short, unknown, verdict } from './pools-seen.ts';

/** Two looks five seconds apart at a full pool of four connections, of which so many are busy; so many queries ended. */
const between = (queries: number, database = 'app', serversActive = 4): Partial<PoolsSeen> => ({
  before: [one({ queryCounts: counted(1000, database) })],
  secondsBetween: 5,
  instances: [one({ queryCounts: counted(1000 + queries, database), pools: [{ ...pool, serversActive }] })],
});

it.each<[string, Partial<PoolsSeen>, object[]]>([
  [
    'queries that took a second each between the looks, none of them long',
    between(20),
    [{ code: 'slow-on-average', seconds: 1, pools: [{ database: 'app' }] }],
  ],
  ['no query ended', between(0), [{ code: 'slow-on-average', seconds: 20 }]],
  [
    'the same where PostgreSQL is unknown',
    { ...between(10), postgres: { unknown } },
    [{ code: 'slow-on-average', seconds: 2 }],
  ],
  [
    'what holds the connections says more',
    {
      ...between(10),
      postgres: { value: { ...postgres, sessions: [session({ state: 'idle in transaction' })] } },
    },
    [{ code: 'leaked' }],
  ],
  [
    'connections that clients keep and do not use are not busy',
    {
      ...between(10),
      postgres: { value: { ...postgres, sessions: [1, 2].map((pid) => session({ pid, state: 'idle' })) } },
    },
    [{ code: 'slow-on-average', seconds: 1 }],
  ],
  [
    'so many of them that the queries are quick',
    {
      ...between(10),
      postgres: { value: { ...postgres, sessions: [1, 2, 3].map((pid) => session({ pid, state: 'idle' })) } },
    },
    [{ code: 'too-small' }],
  ],
  [
    'connections that somebody else keeps say nothing of those that work',
    {
      ...between(20),
      postgres: {
        value: {
          ...postgres,
          sessions: [1, 2, 3, 4, 5, 6, 7, 8].map((pid) =>
            session({ pid, seconds: 1, state: pid > 4 ? 'idle' : 'active' }),
          ),
        },
      },
    },
    [{ code: 'slow-on-average', seconds: 1 }],
  ],
  ['queries that took less', between(21), [{ code: 'too-small' }]],
  ['only busy connections count', between(20, 'app', 3), [{ code: 'too-small' }]],
  ['another database was counted', between(0, 'other'), [{ code: 'too-small' }]],
  [
    'a PgBouncer that has restarted between the looks',
    { ...between(0), before: [one({ queryCounts: counted(1001) })] },
    [{ code: 'too-small' }],
  ],
  [
    'counts that are unknown',
    { ...between(0), before: [one({ queryCounts: { unknown } })] },
    [{ code: 'too-small' }],
  ],
  [
    'a pool that was not full before',
    { ...between(0), before: [one({ queryCounts: counted(1000), pools: [short] })] },
    [{ code: 'too-small' }],
  ],
  [
    'nobody waited before',
    { ...between(0), before: [one({ queryCounts: counted(1000), pools: [{ ...pool, clientsWaiting: 0 }] })] },
    [{ code: 'too-small' }],
  ],
  [
    'another PgBouncer was looked at before',
    { ...between(0), before: [one({ queryCounts: counted(1000) }, 'b:6432')] },
    [{ code: 'too-small' }],
  ],
])('how long a query takes: %s', (_, part, expected) => {
  expect(verdict(part)).toMatchObject(expected);
  expect(verdict(part)).toHaveLength(expected.length);
});
