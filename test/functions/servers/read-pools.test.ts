import { describe, expect, it } from '@jest/globals';
import { readPools } from '../../../functions/servers/read-pools.ts';
import type { PoolsRead } from '../../../shared/document/pool-settings.ts';
import type { Resources } from '../../../shared/lambda/context.ts';
import { timer } from '../../../shared/lambda/step.ts';
import { limitsQuery } from '../../../shared/pool/sessions.ts';
import { ask as everything } from '../../shared/preflight/support.ts';
import { assessment, configWith, now, production, request, serviceName } from '../../support/builders.ts';
import { listening } from '../harness.ts';

const configured = configWith((_, service) => {
  if (!service.pgbouncer) throw new Error('no pools');
  Object.assign(service.pgbouncer, {
    instances: [{ host: '10.0.1.5' }],
    statsSecret: '/pools/stats',
    database: { host: '10.0.3.5', name: 'app', secret: '/pools/reader' },
  });
});

/** Everything that the function asks, where nobody listens. */
function tools(config = production) {
  const asked: string[] = [];
  const { log, lines } = listening();
  const read = async (name: string) => {
    asked.push(name);
    return 'reader:secret';
  };
  const connect: Resources['databases']['connect'] = ({ host, port, user }) => {
    asked.push(`${user}@${host}:${port}`);
    return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  };
  const context = {
    config,
    log,
    now: () => new Date(now),
    after: timer,
    secrets: { read },
    databases: { connect },
  };
  return { context, asked, lines };
}

const document = { request: request() };

describe('read-pools', () => {
  it('asks nobody where the configuration names no PgBouncer', async () => {
    const { context, asked } = tools();
    expect(await readPools.run({ mode: 'look', document }, context)).toEqual({ at: now, findings: [] });
    expect(asked).toEqual([]);
  });

  it('says what is wrong by its code and for people, and tells the log the codes', async () => {
    const { context, asked, lines } = tools(configured);
    expect(await readPools.run({ mode: 'look', document }, context)).toEqual({
      at: now,
      findings: [
        {
          code: 'unknown',
          text: '10.0.1.5:6432 is unknown, and nothing is raised without its share of the budget.',
          lines: [{ say: '10.0.1.5:6432: not reachable: refused' }],
        },
      ],
      queue: { clients: 0, seconds: 0 },
    });
    expect(asked.sort()).toEqual([
      '/pools/reader',
      '/pools/stats',
      'reader@10.0.1.5:6432',
      'reader@10.0.3.5:5432',
    ]);
    expect(lines).toEqual([['info', 'pools read', { findings: ['unknown'], raises: [] }]]);
  });

  it('says that a raise stays where nobody can say whether it has helped, and how often it looked', async () => {
    const { context } = tools(configured);
    const verify = (looks?: number) => {
      const relief = looks === undefined ? {} : { relief: { ...before, looks } };
      return readPools.run({ mode: 'verify', document: { ...document, ...relief } }, context);
    };
    const text =
      'Whether it has helped is unknown: not everything could be read. It stays, within the budget.';
    const before = { at: now, relief: 'unknown', next: 'look-again', text } as const;
    expect(await verify()).toEqual({ ...before, looks: 1 });
    expect(await verify(4)).toEqual({ ...before, looks: 5 });
    expect(await verify(5)).toEqual({ ...before, next: 'keep', looks: 6 });
    const readAgain = { ...document, pools: { at: now, findings: [] }, relief: { ...before, looks: 5 } };
    expect(await readPools.run({ mode: 'verify', document: readAgain }, context)).toMatchObject({ looks: 1 });
  });

  it('tries in a preflight each secret and each address by itself', async () => {
    const ask = {
      ...{ services: [serviceName], execution: 'arn', once: true, writes: true },
      ...{ testMail: false, testNotice: false, testRun: false },
    };
    const { rows } = await readPools.preflight(ask, tools(configured).context);
    expect(rows.map(({ check, on, result }) => [check, on, result])).toEqual([
      ['ssm:GetParameter', '/pools/stats', 'ok'],
      ['ssm:GetParameter', '/pools/reader', 'ok'],
      ['address', '10.0.1.5:6432', 'failed'],
      ['address', '10.0.3.5:5432', 'failed'],
    ]);
    expect((await readPools.preflight(ask, tools().context)).rows).toEqual([]);
  });

  describe('where the PgBouncers are tasks of an ECS service', () => {
    const config = configWith((_, { pgbouncer }) =>
      Object.assign(pgbouncer ?? {}, {
        instances: { service: 'pgbouncer', serverName: 'pool.example' },
        statsSecret: '/pools/stats',
        adminSecret: '/pools/admin',
        database: { host: '10.0.3.5', name: 'app', secret: '/pools/reader' },
      }),
    );

    it('asks each at the address of the last assessment, and says which only starts', async () => {
      const { context, asked } = tools(config);
      const pgbouncer = [
        { task: 'a1', running: true, address: '10.0.1.7' },
        { task: 'b2', running: false },
      ];
      const seen = { ...document, assessment: { ...assessment(), pgbouncer } };
      const { findings } = (await readPools.run({ mode: 'look', document: seen }, context)) as PoolsRead;
      expect(asked).toContain('reader@10.0.1.7:6432');
      expect(findings.map(({ lines }) => lines[0])).toEqual([
        { say: '10.0.1.7:6432: not reachable: refused' },
        { say: 'b2: the task is starting' },
      ]);
    });

    it('tries in a preflight what can be tried without their addresses', async () => {
      const { rows } = await readPools.preflight(everything, tools(config).context);
      expect(rows.map(({ check, on, result, why }) => [check, on, result, why])).toEqual([
        ['ssm:GetParameter', '/pools/stats', 'ok', undefined],
        ['ssm:GetParameter', '/pools/reader', 'ok', undefined],
        ['address', 'pgbouncer', 'not-tried', 'found-by-assess'],
        ['address', '10.0.3.5:5432', 'failed', undefined],
      ]);
    });
  });

  describe('where a PgBouncer stands beside each task', () => {
    const { database } = configured.services[serviceName]?.pgbouncer ?? {};
    const beside = (part: object = {}) =>
      configWith((_, { pgbouncer }) =>
        Object.assign(pgbouncer ?? {}, {
          topology: 'sidecar',
          postgresql: { maxConnections: 600, reserved: 3 },
          ...part,
        }),
      );
    const limit =
      "The limit: each task's PgBouncer may open 130 connections (pool 100, reserve 30), and PostgreSQL has 497 for them (600 without 3 reserved and 100 of others): room for 3 tasks, with one connection left.";

    it('asks none of them, raises nothing and says what fits, by the configuration', async () => {
      const { context, asked } = tools(beside());
      const seen = { ...document, assessment: assessment() };
      const read = (await readPools.run({ mode: 'look', document: seen }, context)) as PoolsRead;
      expect(asked).toEqual([]);
      expect(read).toMatchObject({ findings: [{ code: 'sidecar' }] });
      expect(read.findings[0]?.lines[0]).toEqual({ say: limit });
      expect(read).not.toHaveProperty('raises');
      expect(read).not.toHaveProperty('slots');
    });

    it("goes by PostgreSQL's own word where it answers, and by the configured count where the service is unknown", async () => {
      const { context } = tools(beside({ database }));
      const answers: Resources['databases']['connect'] = (_target, _given, work) =>
        work(async (sql) =>
          sql === limitsQuery
            ? [
                { name: 'max_connections', setting: '1000' },
                { name: 'superuser_reserved_connections', setting: '10' },
              ]
            : [],
        );
      const read = (await readPools.run(
        { mode: 'look', document },
        { ...context, databases: { connect: answers } },
      )) as PoolsRead;
      expect(read.slots).toEqual({ maxConnections: 1000, reserved: 10 });
      expect(read.findings[0]?.lines).toMatchObject([
        {
          say: expect.stringContaining(
            '890 for them (1,000 without 10 reserved and 100 of others): room for 6',
          ),
        },
        { say: 'Now it has 990 free slots.' },
        { say: expect.stringContaining('3 tasks may have a larger one') },
        { type: '  default_pool_size = 150  ; was 100' },
      ]);
    });

    it('tries in a preflight the way to PostgreSQL alone', async () => {
      const { rows } = await readPools.preflight(everything, tools(beside({ database })).context);
      expect(rows.map(({ check, on, result }) => [check, on, result])).toEqual([
        ['ssm:GetParameter', '/pools/reader', 'ok'],
        ['address', '10.0.3.5:5432', 'failed'],
      ]);
    });
  });
});
