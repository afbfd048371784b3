import { describe, expect, it } from '@jest/globals';
import type { Reading } from '../../../shared/core/reading.ts';
import { afterLook, looksSince, queueOf, type Relief, reliefOf } from '../../../shared/pool/relief.ts';
import type { Instance, Pool, Postgres } from '../../../shared/pool/types.ts';
import type { PoolsSeen } from '../../../shared/pool/waiting/pools.ts';
import { instance } from './consoles.ts';

const limits = {
  defaultPoolSize: 10,
  reservePoolSize: 5,
  minPoolSize: 0,
  maxClientConn: 200,
  waitSeconds: 0.5,
  slowSeconds: 1,
};
const pool = instance().pools[0] as Pool;
const unreachable = { unknown: { cause: 'late' as const } };
const postgres = (connections: number): Reading<Postgres> => ({
  value: { maxConnections: 100, reserved: 3, connections, sessions: [] },
});
const waits = (clientsWaiting: number, waitSeconds: number, clients = 50): Reading<Instance> => ({
  value: instance({ clients, pools: [{ ...pool, clientsWaiting, waitSeconds }] }),
});
const seen = (reading: Reading<Instance>, database: Reading<Postgres> = postgres(40)): PoolsSeen => ({
  instances: [{ name: 'a:6432', reading }],
  postgres: database,
});
const before = seen(waits(8, 2));

describe('how the pools do since they were raised', () => {
  it.each<[string, PoolsSeen, Relief]>([
    ['nobody waits', seen(waits(0, 0)), 'relieved'],
    ['nobody waits long enough to count', seen(waits(3, 0.4)), 'relieved'],
    ['fewer clients wait', seen(waits(7, 2)), 'better'],
    ['as many wait, not as long', seen(waits(8, 1.9)), 'better'],
    ['as many wait as long', seen(waits(8, 2)), 'no-better'],
    ['more wait longer', seen(waits(9, 2.1)), 'no-better'],
    ['nobody waits, and nobody else gets in', seen(waits(0, 0, 100)), 'better'],
    ['one client fewer than may be', seen(waits(0, 0, 99)), 'relieved'],
    ['PostgreSQL has no slot left', seen(waits(0, 0), postgres(97)), 'slots-gone'],
    ['PostgreSQL has one left', seen(waits(0, 0), postgres(96)), 'relieved'],
    ['PostgreSQL lets nobody in', seen(waits(0, 0), { unknown: { cause: 'full' } }), 'slots-gone'],
    ['PostgreSQL is unknown', seen(waits(0, 0), unreachable), 'unknown'],
    ['a PgBouncer is unknown', seen(unreachable), 'unknown'],
  ])('%s: %s', (_, after, expected) => {
    expect(reliefOf(queueOf(before.instances, limits), after, limits)).toBe(expected);
  });

  it('has nothing to say of sizes that are not in force any more, but is lost', () => {
    const outcome = { instance: 'a:6432', setting: 'default_pool_size', from: 4, to: 10, text: '' } as const;
    const relief = (after: PoolsSeen, code: 'set' | 'already' | 'person' = 'set', name = 'a:6432') =>
      reliefOf(queueOf(before.instances, limits), after, limits, [{ ...outcome, code, instance: name }]);
    const { defaultPoolSize } = instance().settings;
    expect(defaultPoolSize).toBeLessThan(10);
    expect(relief(seen(waits(9, 3)))).toBe('lost');
    expect(relief(seen(waits(9, 3)), 'already')).toBe('lost');
    expect(relief(seen(waits(0, 0)))).toBe('relieved');
    expect(relief(seen(waits(9, 3)), 'person')).toBe('no-better');
    expect(relief(seen(waits(9, 3)), 'set', 'b:6432')).toBe('no-better');
    const raised = waits(9, 3);
    if ('value' in raised) raised.value.settings.defaultPoolSize = 10;
    expect(relief(seen(raised))).toBe('no-better');
  });

  it('counts the clients of every pool, and the longest wait of all', () => {
    const two = (first: number, second: number, longest: number): PoolsSeen => ({
      instances: [
        { name: 'a:6432', reading: waits(first, 1) },
        { name: 'b:6432', reading: waits(second, longest) },
      ],
      postgres: postgres(40),
    });
    expect(reliefOf(queueOf(two(4, 4, 2).instances, limits), two(2, 6, 2), limits)).toBe('no-better');
    expect(reliefOf(queueOf(two(4, 4, 2).instances, limits), two(2, 5, 2), limits)).toBe('better');
    expect(reliefOf(queueOf(two(4, 4, 2).instances, limits), two(4, 4, 1), limits)).toBe('better');
  });
});

it.each<[Relief, string, string]>([
  ['relieved', 'keep', 'keep'],
  ['better', 'look-again', 'keep'],
  ['no-better', 'look-again', 'undo'],
  ['unknown', 'look-again', 'keep'],
  ['slots-gone', 'undo', 'undo'],
])('%s: before the deadline %s, at it %s', (relief, early, late) => {
  expect([afterLook(relief, false), afterLook(relief, true)]).toEqual([early, late]);
});

it('a second raise of the same run has all its looks before it', () => {
  const [first, second, third] = ['10:00:00', '10:00:35', '10:05:00'].map((at) => `2026-11-30T${at}.000Z`);
  if (!first || !second || !third) throw new Error('three times');
  expect(looksSince({ at: first }, undefined)).toBe(0);
  expect(looksSince({ at: first }, { at: second, looks: 5 })).toBe(5);
  expect(looksSince({ at: third }, { at: second, looks: 5 })).toBe(0);
});
