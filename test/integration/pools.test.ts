import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { poolLines, poolsStatus } from '../../local/status-pools.ts';
import { timer } from '../../shared/lambda/step.ts';
import { databases as databasesOf } from '../../shared/pool/console.ts';
import { configWith, service } from '../support/builders.ts';
import { type Certificate, certificateFor, host, muteServer, pause } from './loopback.ts';
import {
  type Databases,
  databases,
  password,
  requireDatabases,
  underLoad,
  versionOfPool,
} from './postgres.ts';

jest.setTimeout(120_000);

let all: Databases;
beforeAll(async () => {
  requireDatabases();
  all = await databases(40);
});
afterAll(() => all?.stop());

/** What a pool holds of PostgreSQL counts in every budget: for suites whose tests have a pool each. */
const eachByItself = () => afterEach(() => all.clear());

const config = configWith(() => {});

interface Asked {
  ports?: number[];
  user?: string;
  secret?: string;
  tls?: 'none' | 'require';
  serverName?: string;
  database?: { user: string } | false;
  size?: number;
}

/** What `npm run status` knows and says of the pools. */
async function status({
  ports = [],
  user = 'watcher',
  secret,
  tls = 'none',
  serverName,
  database,
  size = 20,
}: Asked) {
  const pgbouncer = {
    ...service.pgbouncer,
    baseline: { defaultPoolSize: 2, minPoolSize: 0, reservePoolSize: 0, maxClientConn: 100 },
    emergency: { defaultPoolSize: size, minPoolSize: 0, reservePoolSize: 2, maxClientConn: 200 },
    heldByOthers: 0,
    instances: ports.map((port) => ({ host, port, serverName })),
    statsSecret: '/stats',
    tls,
    ...(database === false
      ? {}
      : { database: { host, port: all.port, name: 'app', secret: '/database', tls: 'none' as const } }),
  };
  const secrets = {
    read: async (name: string) =>
      name === '/stats'
        ? (secret ?? `${user}:${password}`)
        : `${database ? database.user : 'watcher'}:${password}`,
  };
  const found = await poolsStatus({ ...service, pgbouncer }, config, {
    secrets,
    databases: databasesOf(),
    after: timer,
  });
  if (!found) throw new Error('nothing was read');
  const lines = poolLines(found);
  return {
    ...found,
    first: found.findings[0],
    codes: found.findings.map(({ code }) => code),
    text: lines.join('\n'),
  };
}

describe('a quiet pool', () => {
  eachByItself();

  it('is ok, with the version of PgBouncer and the slots of PostgreSQL', async () => {
    const port = await all.pool({ default_pool_size: 3 });
    const { codes, text, postgres } = await status({ ports: [port] });
    expect(codes).toEqual(['ok']);
    expect(postgres).toMatchObject({ value: { maxConnections: 40, reserved: 3 } });
    expect(text).toMatch(/^PgBouncer {4}127\.0\.0\.1:\d+, PgBouncer 1\.\d+\.\d+: 0 of 100 clients$/m);
    expect(text).toContain(`PgBouncer ${versionOfPool()}:`);
    expect(text).toMatch(/^PostgreSQL {3}\d+ of 37 slots free$/m);
    expect(text).toMatch(/^Pools {8}ok: no client waits on the one instance$/m);
  });
});

describe('a pool that is too small', () => {
  eachByItself();

  it('is raised within the budget, and then no client waits any more', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    await underLoad(all, [port], 10, async () => {
      const { first, text } = await status({ ports: [port] });
      expect(first).toMatchObject({ code: 'too-small', raises: [{ from: 2, to: 20 }, { to: 2 }] });
      expect(text).toContain('SET default_pool_size = 20;');
      expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
      await all.admin(port, 'SET default_pool_size = 20');
      await pause(2000);
      expect((await status({ ports: [port] })).codes).toEqual(['ok']);
    });
  });

  it('says how long clients wait on average where its PgBouncer tells it, and nothing where it does not', async () => {
    const port = await all.pool({ default_pool_size: 2, stats_period: 2 });
    // Ten clients, two connections: who waits is served after four queries of 0.4 s.
    await underLoad(all, [port], 10, async () => {
      await pause(4000);
      const { text } = await status({ ports: [port] });
      const mean = /waiting, longest [\d.]+ s, mean ([\d,]+) ms;/.exec(text.replace(/\s+/g, ' '))?.[1];
      const tells = Number(versionOfPool().split('.')[1]) >= 24;
      if (!tells) expect([mean, text]).toEqual([undefined, expect.stringContaining('waiting, longest')]);
      else expect(Math.abs(Number(mean?.replace(',', '')) - 1600)).toBeLessThan(200);
    });
  });

  it('is raised on two instances by what both may take together', async () => {
    const ports = [await all.pool({ default_pool_size: 2 }), await all.pool({ default_pool_size: 2 })];
    await underLoad(all, ports, 6, async () => {
      const { first } = await status({ ports, size: 100 });
      if (first?.code !== 'too-small') throw new Error(JSON.stringify(first));
      const { pools, direct, limit } = first.budget;
      expect(pools + direct).toBeLessThan(limit);
      // One more connection for each of the two would be too many.
      expect(pools + direct + 2).toBeGreaterThanOrEqual(limit);
      expect(first.raises.filter(({ setting }) => setting === 'default_pool_size')).toHaveLength(2);
    });
  });

  it('is not raised while an instance is unknown, or PostgreSQL', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    await underLoad(all, [port], 6, async () => {
      expect((await status({ ports: [port, 1] })).codes).toEqual(['no-room', 'unknown']);
      const unknown = await status({ ports: [port], database: false });
      expect(unknown.codes).toEqual(['unknown']);
      expect(unknown.text).toMatch(/no direct connection is configured/);
      const blind = await status({ ports: [port], database: { user: 'stranger' } });
      expect(blind.text.replace(/\s+/g, ' ')).toMatch(
        /sessions are hidden from this role: it needs pg_monitor/,
      );
    });
  });

  it('needs its line in pgbouncer.ini where the database has a size of its own', async () => {
    const port = await all.pool({ default_pool_size: 15 }, 'pool_size=2');
    await underLoad(all, [port], 8, async () => {
      await all.admin(port, 'SET default_pool_size = 16');
      const { first, text } = await status({ ports: [port] });
      expect(first).toMatchObject({ code: 'own-size', raises: [{ setting: 'pool_size', from: 2, to: 20 }] });
      expect(text).toMatch(/in the\s+line of app \(its pool_size was 2\):\s+pool_size=20\n/);
    });
  });
});

describe('a full pool that more connections do not help', () => {
  eachByItself();

  it('names the leaked transactions, with application and age', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    const leaks = await Promise.all([1, 2].map(() => all.connect({ port, application: 'worker' })));
    for (const leak of leaks) await leak.query('BEGIN');
    await pause(5500);
    await underLoad(all, [port], 4, async () => {
      const { first, text } = await status({ ports: [port] });
      expect(first).toMatchObject({ code: 'leaked', hold: { sessions: [{ application: 'worker' }, {}] } });
      expect(text.replace(/\s+/g, ' ')).toMatch(
        /worker \(user app, pid \d+\): idle in transaction for \d+ s/,
      );
      await Promise.all(leaks.map((leak) => leak.query('ROLLBACK')));
    });
  });

  it('says that queries are slow on average, though none of them is long', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    const load = async () => {
      const { first, text } = await status({ ports: [port] });
      expect(first).toMatchObject({ code: 'slow-on-average', pools: [{ database: 'app' }] });
      expect(text.replace(/\s+/g, ' ')).toMatch(/and a query takes 1\.\d s on average\. Not raised/);
      expect(text).not.toContain('SET default_pool_size');
    };
    await underLoad(all, [port], 6, load, 'SELECT pg_sleep(1.5)');
  });

  it('names the slow queries', async () => {
    const port = await all.pool({ default_pool_size: 2 });
    await underLoad(
      all,
      [port],
      4,
      async () => {
        await pause(4500);
        expect((await status({ ports: [port] })).first).toMatchObject({ code: 'slow' });
      },
      'SELECT pg_sleep(14)',
    );
  });

  it('names who holds the lock', async () => {
    const migration = await all.connect({ application: 'migration' });
    await migration.query('CREATE TEMP TABLE mine (id int)');
    await migration.query('SELECT pg_advisory_lock(1)');
    const port = await all.pool({ default_pool_size: 2 });
    const asked = underLoad(
      all,
      [port],
      4,
      async () => {
        await pause(4500);
        const { first } = await status({ ports: [port] });
        await migration.query('SELECT pg_advisory_unlock(1)');
        return first;
      },
      'SELECT pg_advisory_xact_lock(1)',
    );
    expect(await asked).toMatchObject({ code: 'locked', hold: { blockers: [{ application: 'migration' }] } });
  });

  it('is never raised where PostgreSQL is full', async () => {
    const port = await all.pool({ default_pool_size: 30 });
    const others: Client[] = [];
    for (let free = true; free; )
      free = await all.connect({ application: 'other' }).then(
        (client) => others.push(client) > 0,
        () => false,
      );
    await others.pop()?.end();
    await underLoad(all, [port], 6, async () => {
      const { codes, first, text } = await status({ ports: [port], size: 100 });
      expect(codes).not.toContain('too-small');
      expect(first).toMatchObject({ code: 'refused' });
      expect(text.replace(/\s+/g, ' ')).toMatch(
        /PostgreSQL refuses connections: \d+ clients? waits? for app\/app/,
      );
    });
    await Promise.all(others.map((client) => client.end()));
  });

  it('is never raised where PostgreSQL lets the role in no further', async () => {
    const port = await all.pool({ default_pool_size: 8 }, 'user=limited');
    await underLoad(all, [port], 6, async () => {
      const { codes, text } = await status({ ports: [port] });
      expect(codes).toEqual(['refused']);
      expect(text.replace(/\s+/g, ' ')).toMatch(
        /no more connections, although PostgreSQL has \d+ free slots/,
      );
    });
  });

  it('lets in no more clients than max_client_conn', async () => {
    const port = await all.pool({ default_pool_size: 2, max_client_conn: 5 });
    const clients = await Promise.all([1, 2, 3, 4, 5].map(() => all.connect({ port })));
    expect((await status({ ports: [port] })).first).toMatchObject({
      code: 'clients-full',
      limit: 5,
      to: 200,
    });
    await Promise.all(clients.map((client) => client.end()));
  });
});

describe('what cannot be read is unknown, in one clear line', () => {
  const lineOf = async (asked: Asked) =>
    (await status(asked)).text.split('\n').slice(0, 2).join(' ').replace(/\s+/g, ' ');
  let port: number;
  let mute: ReturnType<typeof muteServer>;
  beforeAll(async () => {
    port = await all.pool({});
    mute = muteServer();
  });
  afterAll(() => mute.close());

  it.each<[string, Asked, RegExp]>([
    ['a wrong password', { secret: 'watcher:wrong' }, /unknown: user watcher or its password is refused/],
    [
      'a user that it does not know',
      { secret: 'nobody:x' },
      /unknown: user nobody or its password is refused/,
    ],
    [
      'a user that may not read',
      { user: 'guest' },
      /unknown: guest is in neither stats_users nor admin_users/,
    ],
    ['a secret of another form', { secret: password }, /unknown: .*must hold user:password/],
    ['no TLS there', { tls: 'require' }, /unknown: the server has no TLS/],
    ['nobody listens', { ports: [1] }, /unknown: not reachable: .*ECONNREFUSED/],
  ])('%s', async (_, asked, line) => {
    const said = await lineOf({ ports: [port], ...asked });
    expect(said).toMatch(line);
    expect(said).not.toContain(password);
  });

  it('no answer in time', async () => {
    const started = Date.now();
    expect(await lineOf({ ports: [mute.port()] })).toMatch(/unknown: no answer (within 5 s|in time)/);
    expect(Date.now() - started).toBeLessThan(8000);
  });
});

describe('over TLS', () => {
  let port: number;
  let own: Certificate;
  beforeAll(async () => {
    own = certificateFor('pool.example', all.file);
    own.trust();
    port = await all.pool({
      client_tls_sslmode: 'require',
      client_tls_key_file: own.key,
      client_tls_cert_file: own.certificate,
    });
  });
  afterAll(() => own?.distrust());

  it('reads where the certificate has the name that the configuration says', async () => {
    expect((await status({ ports: [port], tls: 'require', serverName: 'pool.example' })).codes).toEqual([
      'ok',
    ]);
  });

  it('says what is wrong with the certificate, and that TLS is wanted', async () => {
    expect((await status({ ports: [port], tls: 'require' })).text).toMatch(
      /TLS: the certificate is not trusted/,
    );
    own.distrust();
    const named: Asked = { ports: [port], tls: 'require', serverName: 'pool.example' };
    expect((await status(named)).text).toMatch(/TLS: the certificate is not trusted/);
    expect((await status({ ports: [port] })).text).toMatch(/unknown: the server wants TLS/);
  });
});
