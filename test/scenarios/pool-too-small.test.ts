import { describe, expect, it, jest } from '@jest/globals';
import type { Report } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Incident, play } from './harness.ts';
import { wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

type Played = Awaited<ReturnType<typeof play>>;
let incident: Promise<Played> | undefined;
/** The incident as it is played without anybody who interferes; once for all tests. */
const played = (): Promise<Played> => {
  incident ??= play({ scenario: 'pool-too-small' });
  return incident;
};

const sets = ({ writes }: Pick<Report, 'writes'>) => writes.filter(({ call }) => call === 'pgbouncer:SET');
const poolsOf = (settings: Report['after'] | null) => settings?.pools.map((sizes) => sizes.default_pool_size);

describe('an incident whose pool is too small', () => {
  it('is relieved within half a minute of its alarm, before a task is added', async () => {
    const { report, sandbox } = await played();
    const [first] = sets(report);
    expect(first).toMatchObject({ who: 'tune-pools', from: { pools: [{ default_pool_size: 20 }] } });
    expect(report.measures.alarmToFirstWriteSeconds).toBeLessThanOrEqual(15);
    const { logs } = sandbox;
    const relieved = logs.find(({ message }) => message === 'pools looked at since the raise');
    expect(relieved?.fields).toMatchObject({ relief: 'relieved', looks: 1, clients: 0 });
    const alarm = report.executions[0]?.start ?? '';
    expect((relieved?.at ?? 0) - Date.parse(alarm)).toBeLessThanOrEqual(30_000);
    const scaled = report.writes.find(({ who }) => who === 'scale-out');
    expect(Date.parse(scaled?.at ?? '')).toBeGreaterThan(relieved?.at ?? 0);
  });

  it('never takes the last slot of PostgreSQL, and gives every size back with the approved plan', async () => {
    const { report, sandbox } = await played();
    expect(report.outcome).toBe('restored');
    expect(poolsOf(report.before)).toEqual([20]);
    expect(poolsOf(report.peak)).toEqual([150]);
    expect(report.after.pools).toEqual(report.before?.pools);
    const page = sandbox.aws.mailbox.map(({ text }) => text).find((text) => text.includes('WHAT CHANGES'));
    expect(page).toMatch(/PgBouncer default pool size, 10\.0\.1\.5:6432 +150 +20/);
    expect(page).not.toContain('default pool size (by hand)');
    expect(page).toContain('client connections (by hand)');
  });

  it('is told with what was set, and that no client waits any more', async () => {
    const { sandbox } = await played();
    const words = wordsOf(sandbox);
    expect(words).toContain('pools raised');
    expect(words).toMatch(/PgBouncer default pool size, 10\.0\.1\.5:6432 +20 +150/);
    expect(words).toMatch(
      /The pools were raised; looked at 2026-10-02 17:08:\d\d UTC: No client waits any more\./,
    );
    // What was set already is nothing to type.
    expect(words).not.toContain('SET default_pool_size = 150');
  });
});

/** The incident, in which this happens once the pool is raised. */
const onceRaised = (act: (sandbox: Sandbox) => void, more: Incident = {}) =>
  play({
    scenario: 'pool-too-small',
    ...more,
    async meanwhile(sandbox) {
      await sandbox.time.runUntil(() => poolOf(sandbox)?.poolSizes[0]?.default_pool_size === 150, 3_600_000);
      act(sandbox);
    },
  });
const isRestore = (event: unknown) => JSON.stringify(event).startsWith('{"mode":"restore"');
const poolOf = ({ world, service }: Sandbox) => world.service(service.cluster, service.service);

describe('the way back', () => {
  it("leaves a person's size, and says so", async () => {
    const { report, sandbox } = await onceRaised((one) => poolOf(one)?.setPool(0, 'default_pool_size', 140));
    expect(poolsOf(report.after)).toEqual([140]);
    expect(report.differences).toMatchObject([
      { setting: 'PgBouncer default pool size of 10.0.1.5:6432', before: 20, after: 140, by: 'person' },
    ]);
    expect(wordsOf(sandbox)).toContain('somebody else set default_pool_size to 140, and it stays');
  });

  it('finds a PgBouncer that has restarted back already', async () => {
    let begun: Sandbox | undefined;
    const { report, sandbox } = await play({
      scenario: 'pool-too-small',
      begun: (one) => {
        begun = one;
      },
      hooks: {
        functions: (own) => ({
          ...own,
          'tune-pools': async (event, context) => {
            if (begun && isRestore(event)) poolOf(begun)?.restartPool(0);
            return own['tune-pools']?.(event, context);
          },
        }),
      },
    });
    expect(report.outcome).toBe('restored');
    expect(report.after.pools).toEqual(report.before?.pools);
    expect(
      JSON.stringify(sandbox.logs.findLast(({ message }) => message === 'tune-pools: restore')),
    ).toContain('default_pool_size is 20 already');
  });

  it('is begun from the first sizes although a PgBouncer has restarted, and was raised again', async () => {
    const { report, sandbox } = await onceRaised((one) => poolOf(one)?.restartPool(0));
    expect(sets(report).filter(({ who }) => who === 'tune-pools')).toHaveLength(9);
    const looks = sandbox.logs.filter(({ message }) => message === 'pools looked at since the raise');
    expect(looks.map(({ fields }) => fields.next)).toEqual(['raise-again', 'keep']);
    expect(report.outcome).toBe('restored');
    expect(report.after.pools).toEqual(report.before?.pools);
  });

  it('is held where a pool cannot be given back, and what stays is not called as before', async () => {
    const { report, sandbox } = await play({
      scenario: 'pool-too-small',
      hooks: {
        functions: (own) => ({
          ...own,
          'tune-pools': (event, context) =>
            isRestore(event)
              ? Promise.reject(Object.assign(new Error('not given back'), { name: 'UnknownStateError' }))
              : (own['tune-pools']?.(event, context) ?? Promise.reject(new Error('no function'))),
        }),
      },
    });
    expect(report.outcome).toBe('held');
    expect(poolsOf(report.after)).toEqual([150]);
    expect(wordsOf(sandbox)).toContain('HELD');
  });

  it('waits for people: where they say no, the pools stay as well', async () => {
    const { report } = await play({ scenario: 'pool-too-small', approve: 'no' });
    expect(report.outcome).toBe('rejected');
    expect(poolsOf(report.after)).toEqual([150]);
  });
});

it('a raise that does not help is taken back at once, is told, and is not tried again', async () => {
  const { report, sandbox } = await play({
    scenario: 'pool-too-small',
    hooks: {
      functions: (own) => ({
        ...own,
        'read-pools': async (event, context) => {
          const read = await own['read-pools']?.(event, context);
          return JSON.stringify(event).startsWith('{"mode":"verify"')
            ? { ...Object(read), relief: 'no-better', next: 'undo', text: 'It has not helped.' }
            : read;
        },
      }),
    },
  });
  expect(sets(report).map(({ to }) => to)).toMatchObject([
    { pools: [{ default_pool_size: 150 }] },
    { pools: [{ reserve_pool_size: 40 }] },
    { pools: [{ min_pool_size: 20 }] },
    { pools: [{ default_pool_size: 20 }] },
    { pools: [{ reserve_pool_size: 30 }] },
    { pools: [{ min_pool_size: 0 }] },
  ]);
  expect(poolsOf(report.after)).toEqual([20]);
  expect(wordsOf(sandbox)).toMatch(/The pools were raised; looked at .* UTC: It has not helped\./);
});
