import { expect, it } from '@jest/globals';
import type { Resources } from '../../../shared/lambda/context.ts';
import type { Row } from '../../../shared/pool/columns.ts';
import { lookAtPools } from '../../../shared/pool/look.ts';
import { configWith, pools as sizes } from '../../support/builders.ts';
import { type Console, consoles } from './consoles.ts';

const newest = consoles['1.26.1'] as Console;
const pools = { ...sizes, instances: [{ host: '10.0.1.5' }], statsSecret: '/stats' };
/** A wait counts from half a second on. */
const config = configWith(({ thresholds }) => {
  thresholds.pgbouncerWaitMilliseconds = { warning: 500, critical: 900 };
});

/** A PgBouncer whose pools are these at each look, the last ones for good. */
async function look(...answers: Row[][]) {
  const given: number[] = [];
  const asked: string[] = [];
  const connect: Resources['databases']['connect'] = (_target, _given, work) =>
    work(async (sql) => {
      asked.push(sql);
      const what = sql.replace('SHOW ', '').toLowerCase() as keyof Console;
      if (what !== 'pools') return newest[what];
      const looks = asked.filter((each) => each === 'SHOW POOLS').length;
      return answers[Math.min(looks, answers.length) - 1] ?? [];
    });
  // Every deadline is far away; only the pause between two looks passes.
  const after = (milliseconds: number) => {
    given.push(milliseconds);
    const isPause = given.filter((each) => each === 5000).length === 2;
    return { passed: isPause ? Promise.resolve() : new Promise<void>(() => {}), cancel: () => {} };
  };
  const tools = { secrets: { read: async () => 'stats:secret' }, databases: { connect }, after };
  const found = await lookAtPools(pools, config, tools);
  return { ...found, looks: asked.filter((each) => each === 'SHOW POOLS').length };
}

const [full = {}] = newest.pools;
const changed = (part: Record<string, string>): Row[] => [{ ...full, ...part }];
/** Of four connections it has two, and clients wait. */
const short = changed({ sv_active: '2', sv_idle: '0', sv_used: '0' });

it('looks once where no client waits, and keeps nothing of before', async () => {
  const { looks, findings, ...rest } = await look(changed({ cl_waiting: '0' }));
  expect(looks).toBe(1);
  expect(findings.map(({ code }) => code)).toEqual(['ok']);
  expect(rest).not.toHaveProperty('before');
  expect(rest.postgres).toEqual({ unknown: { cause: 'not-configured', lacks: 'database' } });
});

it('looks again five seconds later where one is: what has not grown is refused, what has is filling', async () => {
  const refused = await look(short);
  expect([refused.looks, refused.findings.map(({ code }) => code)]).toEqual([2, ['refused']]);
  expect(refused.before).toHaveLength(1);
  const filling = await look(short, changed({ sv_active: '3', sv_idle: '0', sv_used: '0' }));
  expect(filling.findings.map(({ code }) => code)).toEqual(['filling']);
});

it('takes a wait from the warning limit of the configuration on', async () => {
  const { findings } = await look(changed({ maxwait: '0', maxwait_us: '499000' }));
  expect(findings).toEqual([{ code: 'ok', instances: 1 }]);
});

it('has nothing to raise where two addresses are one PgBouncer: its pools would count twice', async () => {
  const clients = [
    {
      ...{ database: 'app', application_name: 'api', addr: '10.0.7.1', port: '40000' },
      ...{ local_addr: '10.0.1.5', local_port: '6432', connect_time: '2026-12-01', ptr: '0x55aa' },
    },
  ];
  const connect: Resources['databases']['connect'] = (_target, _given, work) =>
    work(async (sql) => ({ ...newest, clients })[sql.replace('SHOW ', '').toLowerCase() as keyof Console]);
  const tools = {
    secrets: { read: async () => 'stats:secret' },
    databases: { connect },
    after: (given: number) => ({
      passed:
        given === 5000 ? new Promise<void>((resolve) => setImmediate(resolve)) : new Promise<void>(() => {}),
      cancel: () => {},
    }),
  };
  const twice = { ...pools, instances: [{ host: '10.0.1.5' }, { host: 'pool.internal' }] };
  const { findings } = await lookAtPools(twice, config, tools);
  expect(findings).toContainEqual({
    ...{ code: 'unknown', what: 'instance', name: 'pool.internal:6432', pools: [] },
    unknown: { cause: 'same-process', as: '10.0.1.5:6432' },
  });
  expect(findings.some((finding) => 'raises' in finding)).toBe(false);
});
