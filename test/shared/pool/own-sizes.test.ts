import { describe, expect, it } from '@jest/globals';
import type { Database, Instance, Pool, Postgres } from '../../../shared/pool/types.ts';
import { poolVerdict } from '../../../shared/pool/verdict.ts';
import { instance } from './consoles.ts';

const limits = {
  defaultPoolSize: 10,
  reservePoolSize: 3,
  minPoolSize: 0,
  maxClientConn: 200,
  waitSeconds: 0.1,
  slowSeconds: 1,
};
const [pool, database] = [instance().pools[0] as Pool, instance().databases[0] as Database];
const own = { ...database, poolSize: 3 };
const other = { ...own, name: 'other' };
const postgres: Postgres = { maxConnections: 100, reserved: 0, connections: 0, sessions: [] };
const verdict = (parts: Partial<Instance>[], connections = 100) =>
  poolVerdict(
    {
      instances: parts.map((part, index) => ({
        name: `${index}:6432`,
        reading: { value: instance(part) },
      })),
      // The last connection is nobody's.
      postgres: { value: { ...postgres, maxConnections: connections + 1 } },
    },
    limits,
  );
const raise = (name: string, to = 10, at = '0:6432') => ({
  instance: at,
  setting: 'pool_size',
  database: name,
  from: 3,
  to,
});

describe('a database with a size of its own', () => {
  it('is raised once, however many users wait for it', () => {
    const pools = [pool, { ...pool, user: 'web' }];
    expect(verdict([{ pools, databases: [own] }])).toMatchObject([
      { code: 'own-size', pools: [{ user: 'app' }, { user: 'web' }], raises: [raise('app')] },
    ]);
  });

  it('is raised on every instance', () => {
    const part = { databases: [own] };
    expect(verdict([part, part])).toMatchObject([
      { raises: [raise('app'), raise('app', 10, '1:6432')], databases: [own, own] },
    ]);
  });

  it('is raised beside the others within what they leave', () => {
    const part = { pools: [pool, { ...pool, database: 'other' }], databases: [own, other] };
    expect(verdict([part])).toMatchObject([
      { raises: [raise('app'), raise('other')], databases: [own, other] },
    ]);
    expect(verdict([part], 10 + 3 + 5 + 3)).toMatchObject([{ raises: [raise('app'), raise('other', 5)] }]);
    expect(verdict([part], 10 + 3 + 3 + 3)).toMatchObject([{ raises: [raise('app')] }]);
  });

  it('has what there is where no pool of the default size is too small', () => {
    const unused = { ...database, name: 'unused' };
    expect(verdict([{ databases: [own, unused] }], 10 + 3 + 4 + 3)).toMatchObject([
      { raises: [raise('app')] },
    ]);
  });

  it('has what the pools of the default size leave', () => {
    const part = {
      pools: [pool, { ...pool, database: 'other' }],
      databases: [own, { ...database, name: 'other' }],
    };
    expect(verdict([part], 10 + 3 + 5 + 3)).toMatchObject([
      { code: 'own-size', pools: [{ database: 'app' }], raises: [raise('app', 5)] },
      { code: 'too-small', pools: [{ database: 'other' }], raises: [{ from: 4, to: 10 }] },
    ]);
  });
});
