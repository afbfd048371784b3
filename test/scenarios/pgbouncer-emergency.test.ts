import { describe, expect, it, jest } from '@jest/globals';
import { type Report, statesOf } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Incident, play, reaching } from './harness.ts';
import { wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

/** A person starts the machine as soon as DatabasePoolExhausted fires; no alarm starts a run. */
const byHand = (more: Incident = {}) =>
  play({ scenario: 'pool-too-small', event: 'pgbouncer-emergency-console.json', ...more });

const poolsOf = (settings: Report['after'] | null) => settings?.pools.map((sizes) => sizes.default_pool_size);
const runOf = ({ engine }: Sandbox, machine = 'pgbouncer-emergency') => {
  const found = engine.executions.find((execution) => execution.machine === machine);
  if (!found) throw new Error(`no ${machine} has run`);
  return found;
};
const lastOf = (sandbox: Sandbox) => statesOf(runOf(sandbox)).at(-1);
/** What a look at the pools says instead, in whichever mode. */
const saying = (mode: 'look' | 'verify', said: object): Incident => ({
  hooks: {
    functions: (own) => ({
      ...own,
      'read-pools': async (event, context) => {
        const read = await own['read-pools']?.(event, context);
        return JSON.stringify(event).startsWith(`{"mode":"${mode}"`) ? { ...Object(read), ...said } : read;
      },
    }),
  },
});

describe('a person whose pools are too small', () => {
  it('has them raised, and given back with an approved scale-in; no task is touched by the run', async () => {
    const { report, sandbox } = await byHand();
    expect(lastOf(sandbox)).toBe('Raised');
    expect(runOf(sandbox).output).toMatchObject({
      relief: { relief: 'relieved' },
      outcome: { outcome: 'relieved', summary: 'the pools were raised: No client waits any more.' },
    });
    expect(sandbox.engine.executions.map(({ machine }) => machine)).toEqual([
      'pgbouncer-emergency',
      'scale-in',
      'approval-reminder',
    ]);
    expect(report.writes.filter(({ who }) => who === 'scale-out' || who === 'register-target')).toEqual([]);
    expect([poolsOf(report.before), poolsOf(report.peak), poolsOf(report.after)]).toEqual([
      [20],
      [150],
      [20],
    ]);
    expect(report.outcome).toBe('restored');
    expect(wordsOf(sandbox)).toMatch(/PgBouncer default pool size, 10\.0\.1\.5:6432 +20 +150/);
  });

  it('hears in a dry run what would be raised, and nothing is', async () => {
    const { report, sandbox } = await byHand({ event: 'pgbouncer-emergency-dry-run.json' });
    expect(runOf(sandbox).output).toMatchObject({
      pools: {
        raises: [
          { setting: 'default_pool_size', from: 20, to: 150 },
          { setting: 'reserve_pool_size' },
          { setting: 'min_pool_size', from: 0, to: 20 },
        ],
      },
    });
    expect(report.outcome).toBe('planned');
    expect(report.writes).toEqual([]);
    expect(report.reasons.map(({ text }) => text).join()).toContain('Pool too small');
  });

  it('gets a raise that has not helped back, and is told', async () => {
    const undo = { relief: 'no-better', next: 'undo', text: 'It has not helped.' };
    const { report, sandbox } = await byHand(saying('verify', undo));
    expect(runOf(sandbox)).toMatchObject({
      error: 'Held',
      cause: 'the pools were raised: It has not helped.',
    });
    expect(statesOf(runOf(sandbox))).toEqual(
      expect.arrayContaining(['Take the raise back', 'Tell people that it has not helped', 'Start scale-in']),
    );
    expect(poolsOf(report.after)).toEqual([20]);
    expect(wordsOf(sandbox)).toMatch(/The pools were raised; looked at .* UTC: It has not helped\./);
  });
});

describe('a person whose pools are not too small', () => {
  it('reads that no client waits, and nobody is called', async () => {
    const { report, sandbox } = await play({
      scenario: 'quiet',
      async meanwhile({ engine, time }) {
        await time.runUntil(() => false, 120_000);
        engine.startExecution({ machine: 'pgbouncer-emergency', input: { environment: 'production' } });
      },
    });
    expect(lastOf(sandbox)).toBe('Nothing to raise');
    expect(report.writes).toEqual([]);
    expect(wordsOf(sandbox)).not.toContain('ESCALATED');
    expect(runOf(sandbox).output).toMatchObject({
      outcome: { summary: expect.stringContaining('ok: no client waits') },
    });
  });

  it('is told what holds the connections, and nothing is raised', async () => {
    const { report, sandbox } = await byHand({ scenario: 'pool-exhaustion' });
    expect(runOf(sandbox)).toMatchObject({
      error: 'Held',
      cause: expect.stringMatching(/^Leaked transactions: .* Not raised/),
    });
    expect(poolsOf(report.after)).toEqual(poolsOf(report.before));
    expect(wordsOf(sandbox)).toContain('ESCALATED: needs a person now');
    expect(wordsOf(sandbox)).toContain('What the pools said at');
  });
});

/** The incident as its alarms play it, and one more run for the pools that a person starts at some moment of it. */
async function startedAmid(machine: string, state: string) {
  const ends: unknown[] = [];
  const { report, sandbox } = await play({
    scenario: 'pool-too-small',
    async meanwhile(one) {
      await reaching(one, machine, state);
      const run = one.engine.startExecution({
        machine: 'pgbouncer-emergency',
        input: { environment: 'production' },
      });
      await one.time.runUntil(() => run.status !== 'RUNNING', 600_000);
      ends.push(run.error ?? run.status, run.cause);
    },
  });
  return { report, sandbox, ends };
}

describe('another run of the service', () => {
  it('that is an emergency is not interrupted: it raises the pools itself', async () => {
    const { report, ends } = await startedAmid('emergency-scaling', 'Wait for the tasks');
    expect(ends).toEqual(['NotStarted', expect.stringMatching(/emergency-scaling .* is still running/)]);
    expect([report.outcome, poolsOf(report.after)]).toEqual(['restored', [20]]);
  });

  it('that waits for an approval is started anew, and gives back what the first one would have', async () => {
    const { report, sandbox, ends } = await startedAmid('scale-in', 'Ask for approval');
    expect(ends).toEqual(['SUCCEEDED', undefined]);
    expect(lastOf(sandbox)).toBe('Nothing to raise');
    const ways = sandbox.engine.executions.filter(({ machine }) => machine === 'scale-in');
    expect(ways[0]?.error).toBe('Superseded');
    expect(ways.map(({ input }) => Object(input).startedBy)).toContain(runOf(sandbox).arn);
    expect([report.outcome, poolsOf(report.after)]).toEqual(['restored', [20]]);
  });

  it.each([
    ['before the raise, which it makes itself', 'Read the pools', 'Superseded'],
    ['after the raise, which its scale-in gives back', 'Wait for the pools', undefined],
  ])('that is an emergency takes the lock away %s', async (_, state, error) => {
    const { report, sandbox } = await byHand({
      async meanwhile(one) {
        await reaching(one, 'pgbouncer-emergency', state);
        one.engine.startExecution({ machine: 'emergency-scaling', input: { environment: 'production' } });
      },
    });
    expect(runOf(sandbox).error).toBe(error);
    expect(runOf(sandbox, 'emergency-scaling').status).toBe('SUCCEEDED');
    expect([report.outcome, poolsOf(report.peak), poolsOf(report.after)]).toEqual(['restored', [150], [20]]);
  });
});
