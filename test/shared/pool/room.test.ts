import { describe, expect, it } from '@jest/globals';
import { roomOf, stillAllowed } from '../../../shared/pool/room.ts';
import type { PoolsSeen } from '../../../shared/pool/waiting/pools.ts';
import { instance } from './consoles.ts';
import { postgres as fewer, limits, one, pool } from './pools-seen.ts';

const postgres = { ...fewer, connections: 40 };
const seen = (part: Partial<PoolsSeen> = {}): PoolsSeen => ({
  instances: [one()],
  postgres: { value: postgres },
  ...part,
});
const pools = {
  ...{ baseline: limits, emergency: limits, heldByOthers: 0 },
  ...{ adminSecret: '/pools/admin', openFiles: 1000 },
} as unknown as Parameters<typeof roomOf>[1];
const room = (part: Partial<PoolsSeen> = {}, more: object = {}) =>
  roomOf(seen(part), { ...pools, ...more }, limits);

describe('what the pools have left', () => {
  it('is summed over every PgBouncer, with what PostgreSQL has left', () => {
    const { clients, settings } = instance();
    const both = room({
      instances: [one({ pools: [{ ...pool, serversActive: 3 }] }), one({ pools: [{ ...pool }] }, 'b:6432')],
    });
    expect(both).toMatchObject({
      clients: 2 * clients,
      maxClients: 2 * settings.maxClientConn,
      busy: 3 + pool.serversActive,
      open: 2 * pool.servers,
      size: 2 * settings.defaultPoolSize,
      freeSlots: 57,
      within: true,
    });
  });

  it('counts a size of its own where a database has one', () => {
    const [database] = instance().databases;
    if (!database) throw new Error('no database');
    expect(room({ instances: [one({ databases: [{ ...database, poolSize: 7 }] })] })?.size).toBe(7);
  });

  it('is unknown where a PgBouncer or PostgreSQL could not be read', () => {
    const unknown = { cause: 'late' } as const;
    expect(room({ postgres: { unknown } })).toBeUndefined();
    expect(room({ instances: [one(), { name: 'b:6432', reading: { unknown } }] })).toBeUndefined();
  });

  it('is nothing where PostgreSQL lets nobody in any more, this reader neither', () => {
    expect(room({ postgres: { unknown: { cause: 'full' } } })).toMatchObject({
      ...{ busy: pool.serversActive, freeSlots: 0, within: false },
      raises: [],
    });
  });

  it('says that PostgreSQL would be full before the pools are', () => {
    expect(room({ postgres: { value: { ...postgres, maxConnections: 45 } } })).toMatchObject({
      freeSlots: 2,
      within: false,
    });
  });

  it('names how far a run may raise each setting: within the configuration, the budget and the open files', () => {
    const settings = (part: Parameters<typeof room>[1] = {}, of: Partial<PoolsSeen> = {}) =>
      room(of, part)?.raises.map(({ setting, to }) => `${setting} ${to}`);
    expect(settings()).toEqual(['default_pool_size 10', 'reserve_pool_size 5', 'max_client_conn 200']);
    expect(settings({ openFiles: undefined })).toEqual(['default_pool_size 10', 'reserve_pool_size 5']);
    expect(settings({ adminSecret: undefined })).toEqual([]);
    const tight = { postgres: { value: { ...postgres, maxConnections: 50 } } };
    expect(settings({ openFiles: undefined }, tight)).not.toContain('default_pool_size 10');
  });
});

describe('what holds connections without end', () => {
  it('is no reason for a larger pool', () => {
    const leaked = {
      ...{ pid: 1, database: 'app', user: 'app', application: 'batch', blockedBy: [] },
      ...{ state: 'idle in transaction', seconds: 60 },
    };
    const held = room({ postgres: { value: { ...postgres, sessions: [leaked] } } });
    expect(held?.raises.map(({ setting }) => setting)).toEqual(['max_client_conn']);
    expect(held?.freeSlots).toBe(57);
  });
});

describe('what was planned of it', () => {
  const change = (to: number, name = 'a:6432') => ({
    ...{ instance: name, from: 4, to },
    setting: 'default_pool_size' as const,
  });
  const now = (to: number) => ({ raises: [change(to)] }) as ReturnType<typeof room>;

  it('is done as far as a look right before it allows', () => {
    expect(stillAllowed([change(8)], now(10))).toEqual([change(8)]);
    expect(stillAllowed([change(10)], now(6))).toEqual([change(6)]);
  });

  it('is not done where it is not allowed any more, nobody knows, or nothing was planned', () => {
    expect(stillAllowed([change(8, 'b:6432')], now(10))).toEqual([]);
    expect(stillAllowed([change(8)], undefined)).toEqual([]);
    expect(stillAllowed(undefined, now(10))).toEqual([]);
  });
});
