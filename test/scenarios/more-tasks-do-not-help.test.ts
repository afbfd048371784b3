import { describe, expect, it, jest } from '@jest/globals';
import { exitCodeOf } from '../../cli/exit-codes.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { service } from '../support/builders.ts';
import { callsOf, notGivenBack, play } from './harness.ts';
import { allEnded, endsOf, startAtConsole, wordsOf } from './table/support.ts';

jest.setTimeout(60_000);

it('a bad deployment is rolled back, and every setting restored', async () => {
  const { report } = await play({ scenario: 'bad-deployment' });

  expect(report.outcome).toBe('rolled-back');
  expect(exitCodeOf(report)).toBe(5);
  expect(report.after.taskDefinition).toMatch(/buywhere-api:42$/);
  expect(notGivenBack(report).filter((setting) => setting !== 'taskDefinition')).toEqual([]);
  expect(
    report.executions.some(
      ({ stateMachine, status }) => stateMachine === 'rollback' && status === 'SUCCEEDED',
    ),
  ).toBe(true);
});

describe('a bad deployment of a service of which ECS may stop half of the tasks while it deploys', () => {
  it('is not rolled back by itself: no task is taken away, and people are told what they can do', async () => {
    const { report, sandbox } = await play({
      scenario: 'bad-deployment',
      circumstances: { minimumHealthyPercent: 50 },
    });

    expect(report.outcome).toBe('held');
    expect(report.writes.filter(({ to }) => 'taskDefinition' in to)).toEqual([]);
    expect(wordsOf(sandbox)).toContain("the service's minimum healthy percent is 50 %");
    expect(wordsOf(sandbox)).toContain('set it to 100 %');
  });

  it('is rolled back once a person names the way back', async () => {
    const { report, sandbox } = await play({
      scenario: 'bad-deployment',
      circumstances: { minimumHealthyPercent: 50 },
      meanwhile: async (present) => {
        await present.time.runUntil(() => endsOf(present, 'rollback').includes('Held'), 3_600_000);
        await allEnded(present);
        startAtConsole(present, 'rollback', { service: service.service, to: 'previous-task-definition' });
        await allEnded(present);
      },
    });

    expect(report.after.taskDefinition).toMatch(/:42$/);
    expect(wordsOf(sandbox)).toMatch(/ECS may run \d+ of the \d+ tasks until the deployment has ended/);
  });
});

describe('the notice of an exhausted pool', () => {
  it('says who holds the connections, and proposes no larger pool', async () => {
    const { sandbox } = await play({ scenario: 'pool-exhaustion' });
    expect(wordsOf(sandbox)).toMatch(
      /Leaked transactions: \d+ clients wait for app\/app on 10\.0\.1\.5:6432/,
    );
    expect(wordsOf(sandbox)).toMatch(/batch \(user app, pid \d+\): idle in transaction for \d/);
    expect(wordsOf(sandbox)).not.toContain('SET default_pool_size');
    // Read at every look, since they may be raised as soon as nothing holds them; people are told once.
    const read = sandbox.logs.filter(({ message }) => message === 'pools read');
    expect(read.length).toBeGreaterThan(1);
    expect(read[0]?.fields.findings).toEqual(['leaked']);
    expect(read.every(({ fields }) => String(fields.raises) === '')).toBe(true);
    expect(sandbox.aws.mailbox.filter(({ subject }) => subject.includes('ESCALATED'))).toHaveLength(1);
  });

  it('comes all the same, with the values of config/, where the pools cannot be read', async () => {
    const { sandbox } = await play({
      scenario: 'pool-exhaustion',
      hooks: {
        functions: (own) => ({ ...own, 'read-pools': () => Promise.reject(new Error('no network')) }),
      },
    });
    expect(wordsOf(sandbox)).toContain('The pools were not asked. Where PostgreSQL has free slots');
    expect(wordsOf(sandbox)).toContain('SET default_pool_size = 150;');
  });
});

describe('the notice of a failed dependency', () => {
  it('says that nobody reaches the cache, where that is it', async () => {
    const { sandbox } = await play({ scenario: 'redis-down' });
    expect(wordsOf(sandbox)).toMatch(
      /What the cache said at 2026-10-02 17:\d\d:\d\d UTC:\n- Unreachable, and the tasks may see the same/,
    );
    const read = sandbox.logs.filter(({ message }) => message === 'cache read');
    expect(read.map(({ fields }) => fields.findings)).toEqual([['unreachable']]);
  });

  it('comes all the same, without a word of the cache, where that cannot be read', async () => {
    const { sandbox } = await play({
      scenario: 'redis-down',
      hooks: {
        functions: (own) => ({ ...own, 'check-redis': () => Promise.reject(new Error('no network')) }),
      },
    });
    expect(wordsOf(sandbox)).toContain('a dependency has failed');
    expect(wordsOf(sandbox)).not.toContain('What the cache said');
  });
});

describe('more tasks would make it worse, or change nothing', () => {
  it.each([['api-down', 'the runbook asks for immediate escalation']])(
    '%s: no task is added, a person is called',
    async (scenario, words) => {
      const { report, sandbox } = await play({ scenario });
      const notices = sandbox.logs
        .filter(({ message }) => message === 'notice sent')
        .map(({ fields }) => fields.kind);

      expect(report.outcome).toBe('held');
      expect(textsOf(report.reasons).join()).toContain(words);
      expect(callsOf(report.writes).filter((call) => !call.startsWith('application-autoscaling'))).toEqual(
        [],
      );
      expect(notices).toEqual(expect.arrayContaining(['escalated', 'held']));
    },
  );

  it.each([
    ['redis-down', 'a dependency has failed'],
    ['slow-queries', 'the database is slow'],
    ['pool-exhaustion', 'relieve the pool first'],
  ])('%s: a person is called, and the run goes on once it is over', async (scenario, words) => {
    const { report, sandbox } = await play({
      scenario,
      world: ({ troubles = [] }) => ({
        troubles: [
          ...troubles.map((trouble) => ({ ...trouble, until: 1200 })),
          { kind: 'traffic', factor: 4, from: 1000, until: 2400 },
        ],
      }),
    });

    expect(wordsOf(sandbox)).toContain(words);
    expect(wordsOf(sandbox)).toContain('the run goes on looking for up to 30 min');
    expect(report.outcome).toBe('restored');
    expect(endsOf(sandbox, 'emergency-scaling')[0]).toBe('Recovered');
    expect(report.peak?.desired).toBeGreaterThan(3);
    // Autoscaling may have moved the count before the run took its snapshot.
    expect(notGivenBack(report).filter((setting) => setting !== 'desired')).toEqual([]);
  });

  it('quiet: nothing happens at all', async () => {
    const { report } = await play({ scenario: 'quiet' });

    expect([report.outcome, textsOf(report.reasons), exitCodeOf(report)]).toEqual([
      'ignored',
      ['no alarm fired'],
      0,
    ]);
    expect([report.writes, report.executions, report.before]).toEqual([[], [], null]);
  });
});

it('a dry run plans and writes nothing', async () => {
  const { report, sandbox } = await play({ dryRun: true });
  const [execution] = report.executions;

  expect(report.outcome).toBe('planned');
  expect(textsOf(report.reasons).join()).toMatch(
    /a scale-out adds at least 2 tasks: 3 → 5|needs [4-9] tasks/,
  );
  expect([exitCodeOf(report), execution?.states.at(-1)]).toEqual([0, 'Planned']);
  expect(callsOf(report.writes).filter((call) => !call.startsWith('application-autoscaling'))).toEqual([]);
  expect(
    sandbox.aws.calls.filter(({ operation }) => /^(Update|Put|Register|Publish|Send)/.test(operation)),
  ).toEqual([]);
});
