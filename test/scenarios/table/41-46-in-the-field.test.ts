import { describe, expect, it, jest } from '@jest/globals';
import { readCircumstances } from '../../../sandbox/circumstances/read.ts';
import { notGivenBack, play } from '../harness.ts';
import { wordsOf } from './support.ts';

jest.setTimeout(120_000);

const given = (file: string) => readCircumstances(`test/cases/${file}.json`).given;
const rolledBack = ({ writes }: Awaited<ReturnType<typeof play>>['report']) =>
  writes.filter(({ who }) => who === 'rollback');

describe('scenario 41: tasks that stopped for another reason than their start', () => {
  it.each(['01-spot-interruption', '03-stale-service-event', '04-one-earlier-stop'])(
    '%s: scales out as without it, and is restored',
    async (file) => {
      const { report } = await play({ circumstances: given(file) });
      expect([report.outcome, report.peak?.desired]).toEqual(['restored', 20]);
      expect(notGivenBack(report)).toEqual([]);
    },
  );

  it('several Spot tasks go while the crowd comes: it scales out all the same, and says what was lost', async () => {
    const troubles = [-20, 30, 70].map((secondsAfterAlarm) => ({
      kind: 'spot-reclaim',
      secondsAfterAlarm,
      tasks: 2,
    }));
    const { report, sandbox } = await play({ circumstances: { troubles } });
    expect([report.outcome, report.peak?.desired]).toEqual(['restored', 20]);
    expect(wordsOf(sandbox)).toContain('reclaimed by AWS');
  });
});

describe('scenario 43: a good release, or a restart, before a crowd', () => {
  it.each([-1800, -300, -60])('a good release %d s from the alarm is not rolled back', async (seconds) => {
    const { report } = await play({ circumstances: { deployments: [{ secondsAfterAlarm: seconds }] } });
    expect([report.outcome, report.peak?.desired, rolledBack(report)]).toEqual(['restored', 20, []]);
  });

  it.each([-240, 60, 400])('a restart %d s from the alarm is not rolled back', async (seconds) => {
    const deployments = [{ secondsAfterAlarm: seconds, restart: true }];
    const { report } = await play({ circumstances: { deployments } });
    expect([report.outcome, report.peak?.desired, rolledBack(report)]).toEqual(['restored', 20, []]);
  });

  it.each([
    [-100, 60],
    [0, 20],
    [120, 20],
    [1900, 20],
  ])(
    'a release %d s from the alarm, whose tasks exit after %d s, is rolled back whatever the crowd explains',
    async (secondsAfterAlarm, exitsAfterSeconds) => {
      const deployments = [{ secondsAfterAlarm, exitsAfterSeconds }];
      const { report } = await play({ circumstances: { deployments } });
      expect(rolledBack(report)).toHaveLength(1);
      expect([report.outcome, report.after.taskDefinition]).toEqual(['rolled-back', 'buywhere-api:42']);
      expect(report.after.running).toBe(report.after.desired);
    },
  );

  it.each([1, 4, 6])('a bad release is rolled back within minutes, seed %d', async (seed) => {
    const { report } = await play({ scenario: 'bad-deployment', seed });
    expect(rolledBack(report)).toHaveLength(1);
    expect(report.after.taskDefinition).toBe('buywhere-api:42');
  });
});

describe('scenario 44: ECS has rolled a release back by itself', () => {
  it.each([-180, -60, 0, 60, 150])(
    'a release whose tasks exit, %d s from the alarm: nothing is rolled back, and as many tasks are added',
    async (secondsAfterAlarm) => {
      const deployments = [{ secondsAfterAlarm, exitsAfterSeconds: 5 }];
      const { report, sandbox } = await play({ circumstances: { deployments } });
      const [service] = sandbox.world.services;

      expect(service?.history.map(({ status }) => status)).toContain('ROLLBACK_SUCCESSFUL');
      expect([report.outcome, report.peak?.desired, rolledBack(report)]).toEqual(['restored', 20, []]);
      expect(report.after.taskDefinition).toMatch(/:42$/);
    },
  );
});

describe('scenario 46: the load balancer kills overloaded tasks', () => {
  it('tasks that the load balancer kills are counted and named', async () => {
    const { report, sandbox } = await play({ circumstances: given('05-elb-health-kills') });
    expect(report.outcome).toBe('restored');
    expect(wordsOf(sandbox)).toMatch(/4 tasks stopped for failing health checks/);
  });
});
