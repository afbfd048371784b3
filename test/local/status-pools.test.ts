import { describe, expect, it } from '@jest/globals';
import { status } from '../../local/status.ts';
import { poolLines, poolsStatus } from '../../local/status-pools.ts';
import { statusScreen } from '../../local/status-screen.ts';
import { timer } from '../../shared/lambda/step.ts';
import { planScaleOut } from '../../shared/plan/scale-out.ts';
import { databases as databasesOf } from '../../shared/pool/console.ts';
import {
  assessment,
  configWith,
  pools,
  production,
  request,
  service,
  serviceName,
} from '../support/builders.ts';
import { call } from './command.ts';

const secrets = {
  read: () => Promise.reject(Object.assign(new Error('UnknownError'), { name: 'ParameterNotFound' })),
};
const tools = { secrets, databases: databasesOf(), after: timer };
const configured = {
  ...service,
  pgbouncer: {
    ...pools,
    instances: [{ host: '10.0.1.5' }, { host: '10.0.1.6', port: 6433 }],
    statsSecret: '/team/stats',
  },
};

describe('the pools in npm run status', () => {
  it('are left out where the configuration names no instance, and of a service without PgBouncer', async () => {
    expect(await poolsStatus(service, production, tools)).toBeUndefined();
    const { pgbouncer: _, ...without } = service;
    expect(await poolsStatus(without, production, tools)).toBeUndefined();
  });

  it('are unknown with their cause, each instance by itself', async () => {
    const found = await poolsStatus(configured, production, tools);
    if (!found) throw new Error('nothing was read');
    const lines = poolLines(found);
    expect(lines).toEqual([
      'PgBouncer    10.0.1.5:6432 unknown: not found: the SSM parameter /team/stats',
      '             10.0.1.6:6433 unknown: not found: the SSM parameter /team/stats',
      'PostgreSQL   unknown: no direct connection is configured (pgbouncer.database)',
      'Pools        10.0.1.5:6432 is unknown, and nothing is raised without its share',
      '               of the budget.',
      '             also: 10.0.1.6:6433 is unknown, and nothing is raised without its',
      '               share of the budget.',
    ]);
    const config = configWith(() => {});
    const seen = assessment();
    const plan = planScaleOut(request(), seen, service, config, undefined);
    expect(statusScreen(serviceName, seen, plan, config, lines)).toContain(`\n${lines.join('\n')}\n\n`);
  });

  it('of a simulated service are read from its simulated PgBouncer and PostgreSQL', async () => {
    const { code, stdout } = await call(status, '--scenario', 'pool-exhaustion');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PgBouncer {4}10\.0\.1\.5:6432, PgBouncer 1\.26\.1: 60 of 1,000 clients$/m);
    expect(stdout).toMatch(/^PostgreSQL {3}\d+ of 235 slots free; 69 idle in transaction for over 5 s$/m);
    expect(stdout).toMatch(/^Pools {8}Leaked transactions: \d+ clients wait for app\/app/m);
    expect(stdout).toMatch(/^ +batch \(user app, pid \d+\): idle in transaction for 3 min$/m);

    const calm = await call(status, '--scenario', 'quiet', '--json');
    expect(JSON.parse(calm.stdout).pools.findings).toEqual([{ code: 'ok', instances: 1 }]);
  });

  it('of PgBouncers beside the tasks are PostgreSQL, and what fits', async () => {
    const beside = { topology: 'sidecar' as const, postgresql: { maxConnections: 600, reserved: 3 } };
    const found = await poolsStatus({ ...service, pgbouncer: { ...pools, ...beside } }, production, tools);
    if (!found) throw new Error('nothing was read');
    expect(poolLines(found).slice(0, 3)).toEqual([
      'PostgreSQL   unknown: no direct connection is configured (pgbouncer.database)',
      'Pools        PgBouncer runs beside each task, and nothing is set there: a new',
      '               task begins with what its pgbouncer.ini says.',
    ]);
  });
});
