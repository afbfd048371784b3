import { expect, it, jest } from '@jest/globals';
import type { Report } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Incident, play } from './harness.ts';
import { wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

const secret = (name: string) => `/emergency-scaling/production/${name}`;

/** An incident whose pools are too small, and whose PgBouncers are the tasks of an ECS service in a cluster of its own. */
const playTasks = (more: Incident = {}) =>
  play({
    scenario: 'pool-too-small',
    world: ({ dbPool }) => ({ dbPool: { ...dbPool, poolSize: 10 } }),
    ...more,
    change(config) {
      Object.assign(config.services['buywhere-api']?.pgbouncer ?? {}, {
        instances: { cluster: 'data', service: 'pgbouncer', serverName: 'pool.example' },
        statsSecret: secret('pgbouncer-stats'),
        adminSecret: secret('pgbouncer-admin'),
        database: { host: '10.0.3.5', name: 'app', secret: secret('database-reader') },
      });
    },
  });

const poolsOf = (settings: Report['after'] | null) => settings?.pools.map((sizes) => sizes.default_pool_size);
const simulated = ({ world, service }: Sandbox) => world.service(service.cluster, service.service);

/** The same, in which this happens once the pools are raised. */
const onceRaised = (act: (service: ReturnType<typeof simulated>) => void) =>
  playTasks({
    async meanwhile(sandbox) {
      const isRaised = () => simulated(sandbox)?.poolSizes.every((one) => one.default_pool_size === 150);
      await sandbox.time.runUntil(() => isRaised() === true, 3_600_000);
      act(simulated(sandbox));
    },
  });

it('every task of the service is found by its address, raised by itself, and given back', async () => {
  const { report, sandbox } = await playTasks();
  expect(report.outcome).toBe('restored');
  expect([report.before, report.peak, report.after].map(poolsOf)).toEqual([
    [10, 10],
    [150, 150],
    [10, 10],
  ]);
  expect(wordsOf(sandbox)).toMatch(/PgBouncer default pool size, 2 instances +10 +150/);
  const set = sandbox.logs.find(({ message }) => message === 'tune-pools: raise');
  expect(set?.fields.outcomes).toMatchObject([
    { instance: '10.0.1.5:6432', setting: 'default_pool_size', code: 'set' },
    { instance: '10.0.1.5:6432', setting: 'reserve_pool_size', code: 'set' },
    { instance: '10.0.1.5:6432', setting: 'min_pool_size', code: 'set' },
    { instance: '10.0.1.6:6432', setting: 'default_pool_size', code: 'set' },
    { instance: '10.0.1.6:6432', setting: 'reserve_pool_size', code: 'set' },
    { instance: '10.0.1.6:6432', setting: 'min_pool_size', code: 'set' },
  ]);
});

it('a task that is replaced in the incident has nothing to give back, and the last notice says that it is gone', async () => {
  const { report, sandbox } = await onceRaised((service) => service?.restartPool(1));
  expect(report.outcome).toBe('restored');
  expect(poolsOf(report.after)).toEqual([10, 10]);
  expect(wordsOf(sandbox)).toContain(
    '10.0.1.6:6432: its task does not run any more, and default_pool_size went with it',
  );
});

it('a task that joins in the incident, and whose clients do not wait, keeps what its file says', async () => {
  const { report } = await onceRaised((service) => service?.joinPool());
  expect(report.outcome).toBe('restored');
  expect(poolsOf(report.peak)).toEqual([150, 150, 10]);
  expect(poolsOf(report.after)).toEqual([10, 10, 10]);
});

it('nothing is raised while ECS does not say where the tasks are: people are told why', async () => {
  const { report, sandbox } = await playTasks({
    faults: ({ operation, input }) =>
      operation === 'ListTasks' && JSON.stringify(input).includes('"pgbouncer"')
        ? { kind: 'error', name: 'AccessDeniedException', message: 'not authorized', status: 400 }
        : undefined,
  });
  expect(report.writes.filter(({ call }) => call === 'pgbouncer:SET')).toEqual([]);
  expect(wordsOf(sandbox)).toMatch(/pgbouncer: its address is not known: .*access denied/);
});
