import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultPlan } from '../../sandbox/aws/wire.ts';
import { deliver } from '../../sandbox/event-rules.ts';
import type { Sandbox, SandboxHooks } from '../../sandbox/sandbox.ts';
import type { Config } from '../../shared/config/schema.ts';
import { type Played, playBriefly } from './harness.ts';

const shop = '222233334444';

/** The stage looks after a service of another account and Region. The sandbox has both; signatures tell them apart. */
const accounts = (externalId: string) => ({
  shop: { account: shop, region: 'eu-west-1', externalId, iam: {} },
});
const elsewhere = (config: Config) => {
  config.accounts = accounts('of-the-shop');
  for (const service of Object.values(config.services)) service.account = 'shop';
};
const roleOf = (name: string) => `arn:aws:iam::${shop}:role/emergency-scaling-production-shop-${name}`;

const servicesOf = ({ calls }: Sandbox['aws']) => [...new Set(calls.map(({ service }) => service))].sort();
const assumed = ({ home }: Sandbox) => home.calls.filter(({ operation }) => operation === 'AssumeRole');

describe('an incident of a service in another account and Region', () => {
  let played: Played;
  beforeAll(async () => {
    played = await playBriefly({ change: elsewhere });
  });

  it('goes from the alarm there to the restored settings there', () => {
    const { report, sandbox } = played;
    expect(sandbox.alarmEvents[0]).toMatchObject({ account: shop, region: 'eu-west-1' });
    expect([report.outcome, report.differences]).toEqual(['restored', []]);
    expect(report.after).toEqual(report.before);
    expect(report.peak?.desired).toBeGreaterThan(report.before?.desired ?? 0);
  });

  it('is the same as one at home', async () => {
    const { report } = await playBriefly();
    const writes = (all: Played['report']['writes']) => all.map(({ who, call, to }) => ({ who, call, to }));
    expect(writes(played.report.writes)).toEqual(writes(report.writes));
    expect(played.report.executions.map(({ states }) => states)).toEqual(
      report.executions.map(({ states }) => states),
    );
  });

  it('writes and reads there alone; runs, notices and mails are those of the stage', () => {
    const { home, aws } = played.sandbox;
    expect(home.writes).toEqual([]);
    expect(servicesOf(home)).toEqual(['ses', 'sns', 'ssm', 'states', 'sts']);
    expect(servicesOf(aws)).toEqual([
      ...['application-autoscaling', 'cloudwatch', 'ecs'],
      ...['ses', 'sns', 'ssm', 'states', 'sts'],
    ]);
    expect(aws.calls.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('takes for each function its own role there, in sessions with the names of the executions', () => {
    const { sandbox, report } = played;
    const sessions = [...sandbox.sessions.values()];
    const callers = assumed(sandbox).map(({ caller, input }) => [caller, Object(input).RoleArn]);
    expect(callers.length).toBeGreaterThan(10);
    for (const [caller, role] of callers) expect(role).toBe(roleOf(caller));
    const names = report.executions.map(({ name }) => name.slice(0, 64));
    expect(names).toEqual(expect.arrayContaining(sessions.map(({ session }) => session)));
    // Each role once per execution and hour, however many clients and calls it has.
    const hours = Math.ceil((sandbox.time.now() - Date.parse(report.executions[0]?.start ?? '')) / 3_600_000);
    const distinct = new Set(sessions.map(({ role, session }) => `${role} ${session}`));
    expect(sessions.length).toBeLessThanOrEqual(distinct.size * (hours + 1));
    expect(sessions.length).toBeGreaterThan(distinct.size - 1);
  });
});

describe('a role of another account that lets nobody in', () => {
  const refused: FaultPlan = ({ operation }) =>
    operation === 'AssumeRole'
      ? {
          kind: 'error',
          name: 'AccessDenied',
          message: 'not authorized to perform: sts:AssumeRole',
          status: 403,
        }
      : undefined;

  it('leaves the service unknown, changes nothing, and is told with its name', async () => {
    const seen: unknown[] = [];
    const functions: SandboxHooks['functions'] = ({ assess, ...own }) => ({
      ...own,
      assess: async (...call) => {
        const assessment = await assess?.(...call);
        seen.push(Object(assessment).service);
        return assessment;
      },
    });
    const { report, sandbox } = await playBriefly({
      change: elsewhere,
      faults: refused,
      hooks: { functions },
    });
    expect([report.outcome, report.reasons[0]?.code]).toEqual(['held', 'run-failed']);
    const denied = {
      cause: 'denied',
      text: expect.stringContaining(`sts:AssumeRole of ${roleOf('assess')}`),
    };
    expect(seen[0]).toMatchObject({ unknown: denied });
    expect(sandbox.aws.mailbox.at(-1)?.text).toContain(
      `access denied: sts:AssumeRole of ${roleOf('rollback')}`,
    );
    expect([sandbox.aws.writes, sandbox.home.writes]).toEqual([[], []]);
  });

  it('is what a caller with another external id meets', async () => {
    const { report, sandbox } = await playBriefly({
      change: elsewhere,
      hooks: {
        surroundings: (own) => ({ ...own, config: { ...own.config, accounts: accounts('guessed') } }),
      },
    });
    expect(report.outcome).toBe('held');
    expect(assumed(sandbox).map(({ error }) => error)).toContain('AccessDenied');
    expect([sandbox.sessions.size, sandbox.aws.writes]).toEqual([0, []]);
  });
});

describe('an event of an account that does not own the service', () => {
  it.each(['999900001111', '123456789012'])(
    'of %s starts nothing, asks nobody, and is told',
    async (account) => {
      const { sandbox } = await playBriefly({
        change: elsewhere,
        hooks: { alarmStartsRun: () => false },
        meanwhile: async ({ alarmEvents, engine, time }) => {
          await time.runUntil(() => alarmEvents.length > 0, 3_600_000);
          const [event] = alarmEvents;
          const forged = event && { ...event, account };
          if (forged) deliver(engine, forged);
          await time.runUntil(() => false, 120_000);
        },
      });
      const [run] = sandbox.engine.executions;
      expect([run?.status, run?.error]).toEqual(['FAILED', 'InvalidInputError']);
      expect(sandbox.aws.mailbox.at(-1)?.text).toContain(
        `account: alarms of buywhere-api come from ${shop} in eu-west-1; this event is from ${account} in eu-west-1`,
      );
      expect(assumed(sandbox)).toEqual([]);
      expect(sandbox.aws.writes).toEqual([]);
    },
  );
});
