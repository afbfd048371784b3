import { describe, expect, it, jest } from '@jest/globals';
import { scalable } from '../../../shared/aws/autoscaling.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { service } from '../../support/builders.ts';
import { asPerson, notGivenBack, play, playBriefly, reaching } from '../harness.ts';
import {
  endsOf,
  lowering,
  name,
  onMinutes,
  ownWrites,
  paged,
  setBounds,
  setCount,
  setDesired,
  setPolicy,
  slowNotices,
  told,
  wordsOf,
} from './support.ts';

jest.setTimeout(120_000);

describe('scenario 10: a deployment is running', () => {
  const deploy = { ...name, taskDefinition: 'buywhere-api:44', forceNewDeployment: true };

  it('as the alarm fires: scaled out all the same', async () => {
    const { report } = await playBriefly({
      change: onMinutes,
      world: () => ({ revisions: { 44: {} } }),
      meanwhile: async (present) => {
        await present.time.runUntil(() => false, 460_000);
        await asPerson(present, setDesired, deploy);
      },
    });

    expect(Number(report.peak?.desired)).toBeGreaterThanOrEqual(Number(report.before?.desired) + 2);
    expect(report.outcome).toBe('restored');
    expect(report.after.taskDefinition).toMatch(/:44$/);
  });

  it('as it has become calm: scale-in waits until the deployment is over', async () => {
    let [began, ended] = [0, 0];
    const { report, sandbox } = await playBriefly({
      world: () => ({ revisions: { 44: {} } }),
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await present.time.runUntil(() => present.time.now() > Date.parse('2026-10-02T17:15:00Z'));
        await asPerson(present, setDesired, deploy);
        began = present.time.now();
        const running = () => {
          present.world.advance();
          return present.world.services[0]?.deployments.some(
            ({ rolloutState }) => rolloutState === 'IN_PROGRESS',
          );
        };
        await present.time.runUntil(() => !running());
        ended = present.time.now();
      },
    });
    const waited = sandbox.logs.filter(
      ({ at, fields }) =>
        at > began && at < ended && JSON.stringify(fields).includes('a deployment is running'),
    );

    expect(waited.length).toBeGreaterThan(0);
    expect(lowering(report).filter(({ at }) => Date.parse(at) < ended)).toEqual([]);
    expect(report.outcome).toBe('restored');
  });
});

describe('scenario 10 goes on: the pipeline deploys during a run', () => {
  const deploy = { ...name, taskDefinition: 'buywhere-api:44', forceNewDeployment: true };

  it.each([
    ['between the plan and the write', 'emergency-scaling', 'Tell people the plan'],
    ['while the tasks start', 'emergency-scaling', 'Wait for the tasks'],
    ['while people are asked', 'scale-in', 'Ask for approval'],
    ['between two steps down', 'scale-in', 'Wait for the cooldown'],
  ])(
    '%s: nothing stops, people are asked once, and the new definition stays and is told',
    async (_, machine, state) => {
      const { report, sandbox } = await playBriefly({
        faults: slowNotices,
        world: () => ({ revisions: { 44: {} } }),
        meanwhile: async (present) => {
          await reaching(present, machine, state);
          await asPerson(present, setDesired, deploy);
        },
      });
      const asked = sandbox.aws.mailbox.filter(({ subject }) =>
        /Scale in .*\?|Approval needed/.test(subject),
      );

      expect(report.outcome).toBe('restored');
      expect(report.after.taskDefinition).toMatch(/:44$/);
      expect(Number(report.peak?.desired)).toBeGreaterThan(5);
      expect(new Set(asked.map(({ at }) => at)).size).toBeLessThanOrEqual(1);
      if (machine === 'scale-in' || state === 'Wait for the tasks')
        expect(textsOf(report.reasons).join()).toContain('task definition buywhere-api:42 → buywhere-api:44');
    },
  );
});

describe('scenario 11: a person changes desired in the middle', () => {
  it('just before it is set: nothing more is written', async () => {
    const { report, sandbox } = await playBriefly({
      faults: slowNotices,
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Tell people the plan');
        await setCount(present, 5);
      },
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toContain('changed by person');
    expect(report.after.desired).toBe(5);
    expect(ownWrites(report)).toEqual([]);
    expect(told(sandbox).at(-1)).toBe('held');
    expect(paged(sandbox)).toContain('trigger');
  });

  it('while it waits for the tasks: noticed, although no write follows', async () => {
    let changedAt = 0;
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        await setCount(present, 14);
        changedAt = present.time.now();
      },
    });
    const [held] = sandbox.aws.mailbox.filter(({ subject }) => subject.includes('HELD'));

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toMatch(/changed by person.*desired count \d+ → 14/i);
    expect(report.after.desired).toBe(14);
    expect(ownWrites(report).filter(({ at }) => Date.parse(at) > changedAt)).toEqual([]);
    expect((held?.at ?? 0) - changedAt).toBeLessThan(60_000);
  });

  it('between two steps down: it stays', async () => {
    const { report } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for the cooldown');
        await setCount(present, 9);
      },
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toMatch(/desired count \d+ → 9/);
    expect(report.after).toMatchObject({ desired: 9, min: 2, max: 20 });
  });

  it('while the approval is open: it is asked anew, and their count stays, with room for it', async () => {
    const { report } = await play({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        await setCount(present, 18);
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.approvals).toHaveLength(2);
    expect(report.after).toMatchObject({ min: 1, max: 18 });
    expect(textsOf(report.reasons).join()).toContain('desired count 11 → 18: a restore keeps it');
    expect(report.writes.filter(({ who }) => who === 'scale-in')).toEqual([]);
  });
});

describe('scenario 12: a person changes bounds or policy', () => {
  const bounds = { ...scalable(name), MinCapacity: 3, MaxCapacity: 15 };
  const policy = {
    ...scalable(name),
    PolicyName: service.cpuPolicy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 65,
      ScaleOutCooldown: 90,
      ScaleInCooldown: 240,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  };
  const theirPolicy = { target: 65, scaleOutCooldown: 90, scaleInCooldown: 240 };

  it('the bounds, just before they are raised: not overwritten', async () => {
    const { report, sandbox } = await playBriefly({
      faults: slowNotices,
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Tell people the plan');
        await asPerson(present, setBounds, bounds);
      },
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toContain('changed by person');
    expect(report.after).toMatchObject({ min: 3, max: 15, suspended: { dynamicScalingIn: false } });
    expect(ownWrites(report)).toEqual([]);
    expect(told(sandbox).at(-1)).toBe('held');
  });

  it.each<[string, string, object, object]>([
    ['the bounds', setBounds, bounds, { min: 3, max: 15 }],
    ['the policy', setPolicy, policy, { policies: [expect.objectContaining(theirPolicy)] }],
  ])('%s, while it waits for the tasks: not overwritten', async (_, call, input, stays) => {
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        await asPerson(present, call, { ...input });
      },
    });

    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toContain('changed by person');
    expect(report.after).toMatchObject(stays);
    expect(wordsOf(sandbox)).toContain('HELD');
  });

  it('the policy, while it waits for calm: the restore leaves it, and says so', async () => {
    const { report, sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await asPerson(present, setPolicy, policy);
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.after.policies).toMatchObject([theirPolicy]);
    expect(wordsOf(sandbox)).toContain('a person changed CPU target 50 % → 65 %: a restore keeps it');
    expect(lowering(report).filter(({ who, to }) => who === 'put-policy' && 'policies' in to)).toEqual([]);
  });

  it('bounds while a scale-in without an incident waits for calm: they stay', async () => {
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      event: 'scale-in-console.json',
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Wait for calm');
        await asPerson(present, setBounds, { ...scalable(service), MinCapacity: 2, MaxCapacity: 15 });
      },
    });

    expect(report.outcome).toBe('restored');
    expect(report.after).toMatchObject({ min: 2, max: 15 });
    expect(ownWrites(report).filter(({ to }) => 'max' in to)).toEqual([]);
    expect(wordsOf(sandbox)).toContain('a person changed max 10 → 15: a restore keeps it');
  });

  it('bounds between two runs of an incident: the later one writes over it, and gives it back in the end', async () => {
    const arrivals = (seconds: number) =>
      seconds > 300 && seconds < 1300 ? 30 : seconds > 2400 && seconds < 3600 ? 110 : 10;
    const { report, sandbox } = await playBriefly({
      world: () => ({ arrivals }),
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        // The first run stops and holds; the next one has an alarm of its own to look after.
        await asPerson(present, setBounds, {
          ...scalable(service),
          MinCapacity: 3,
          MaxCapacity: 15,
        });
        await reaching(present, 'scale-in', 'Wait for calm');
      },
    });

    expect(endsOf(sandbox, 'emergency-scaling')).toEqual(expect.arrayContaining(['Held', 'Recovered']));
    expect(report.peak?.max).toBe(20);
    expect(report.outcome).toBe('restored');
    expect(report.after).toMatchObject({
      min: 3,
      max: 15,
      policies: report.before?.policies,
      suspended: report.before?.suspended,
    });
    expect(wordsOf(sandbox)).toContain('a person changed max 20 → 15: a restore keeps it');
  });
});

it('scenario 13: max below the wanted count: max is raised first', async () => {
  const { report } = await playBriefly({ change: onMinutes });
  const own = ownWrites(report);
  const [raise, count] = [own.findIndex(({ to }) => 'max' in to), own.findIndex(({ to }) => 'desired' in to)];

  expect(Number(own[count]?.to.desired)).toBeGreaterThan(Number(report.before?.max));
  expect(raise).toBeLessThan(count);
  expect(Number(own[raise]?.to.max)).toBeGreaterThanOrEqual(Number(own[count]?.to.desired));
  expect(
    report.writes.filter(({ at, who }) => who === 'application-autoscaling' && at <= String(own[count]?.at)),
  ).toEqual([]);
  expect(notGivenBack(report)).toEqual([]);
});
