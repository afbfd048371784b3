import { describe, expect, it, jest } from '@jest/globals';
import { callOf } from '../../../chaos/faults/dying-process.ts';
import type { WireRequest, WireResponse } from '../../../sandbox/aws/wire.ts';
import { scalable } from '../../../shared/aws/autoscaling.ts';
import { parse } from '../../../shared/core/schema.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { ServiceRecord } from '../../../shared/incident/service-record.ts';
import { calls } from '../approval-support.ts';
import { notGivenBack, playBriefly, settingsOf, working } from '../harness.ts';
import {
  endsOf,
  inCalls,
  lowering,
  name,
  ownWrites,
  paged,
  refusal,
  startAtConsole,
  told,
  wordsOf,
} from './support.ts';

jest.setTimeout(120_000);

const raisedOnce = (writes: ReturnType<typeof ownWrites>) => writes.filter(({ who }) => who === 'scale-out');

it('scenario 14: CannotPullContainer: verification fails with the reason, healthy tasks stay', async () => {
  const { report, sandbox } = await playBriefly({ scenario: 'tasks-cannot-start' });

  expect(report.outcome).toBe('held');
  expect(textsOf(report.reasons).join()).toContain('CannotPullContainerError');
  expect(wordsOf(sandbox)).toContain('CannotPullContainerError');
  expect(report.after.running).toBeGreaterThanOrEqual(Number(report.before?.running));
  expect(lowering(report)).toEqual([]);
  expect(raisedOnce(ownWrites(report))).toHaveLength(1);
  expect(working(report).every(({ status }) => status === 'FAILED')).toBe(true);
});

it("scenario 15: no Fargate capacity, vCPU quota: held, and the alert has the quota's name", async () => {
  const { report, sandbox } = await playBriefly({ scenario: 'no-capacity' });

  expect(report.outcome).toBe('held');
  expect(wordsOf(sandbox)).toMatch(/HELD[\s\S]*limit on the number of vCPUs/);
  expect(paged(sandbox)).toContain('trigger');
  expect(report.after.running).toBeGreaterThanOrEqual(Number(report.before?.running));
  expect(lowering(report)).toEqual([]);
});

it('scenario 16: essential container exits in a loop: stop adding, escalate', async () => {
  const { report, sandbox } = await playBriefly({ scenario: 'crash-loop' });

  expect(report.outcome).toBe('held');
  expect(wordsOf(sandbox)).toContain('Essential container in task exited');
  expect(raisedOnce(ownWrites(report))).toHaveLength(1);
  expect(paged(sandbox)).toContain('trigger');
  expect(report.after.running).toBeGreaterThanOrEqual(Number(report.before?.running));
});

describe('scenario 17: service missing or INACTIVE', () => {
  type Handle = (request: WireRequest) => Promise<WireResponse>;
  const answering =
    (change: (body: { services: object[] }) => object) =>
    (handle: Handle): Handle =>
    async (request) => {
      const answer = await handle(request);
      if (callOf(request) !== 'ecs:DescribeServices' || answer.status !== 200) return answer;
      return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) };
    };

  it.each<[string, (body: { services: object[] }) => object]>([
    ['MISSING', () => ({ services: [], failures: [{ reason: 'MISSING' }] })],
    [
      'INACTIVE',
      ({ services }) => ({ services: services.map((one) => ({ ...one, status: 'INACTIVE' })), failures: [] }),
    ],
  ])('%s: no write, and people are told', async (word, change) => {
    const { report, sandbox } = await playBriefly({
      hooks: { surroundings: (own) => ({ ...own, handle: answering(change)(own.handle) }) },
    });

    expect(ownWrites(report)).toEqual([]);
    expect(report.outcome).toBe('held');
    expect(told(sandbox)).toContain('held');
    expect(wordsOf(sandbox)).toMatch(new RegExp(`HELD[\\s\\S]*${word}`));
    expect(paged(sandbox)).toContain('trigger');
  });
});

it('scenario 18: no scalable target: scaled out without it, restored to absent', async () => {
  const { report, sandbox } = await playBriefly({
    begun: ({ aws }) => aws.seedScaling('DeregisterScalableTarget', scalable(name)),
  });

  expect(Number(report.peak?.desired)).toBeGreaterThanOrEqual(Number(report.before?.desired) + 2);
  expect(calls(sandbox, 'RegisterScalableTarget')).toEqual([]);
  expect(calls(sandbox, 'PutScalingPolicy')).toEqual([]);
  expect(report.outcome).toBe('restored');
  expect(report.after).not.toHaveProperty('max');
  expect(settingsOf(report.after)).toEqual(settingsOf(report.before));
});

it('scenario 19: autoscaling works against the run: scale-in suspended, minimum raised', async () => {
  const { report } = await playBriefly({ approve: 'never' });

  // Four hours of calm with low CPU: unsuspended, target tracking would have scaled in after a quarter of an hour.
  expect(report.after).toMatchObject({
    desired: report.peak?.desired,
    min: 2,
    suspended: { dynamicScalingIn: true },
  });
  expect(lowering(report)).toEqual([]);
  const idle = await playBriefly({ scenario: 'quiet', world: () => ({ arrivals: () => 1 }) });
  expect(lowering(idle.report).map(({ who }) => who)).toContain('application-autoscaling');
});

describe('scenario 20: bounds or policy half written', () => {
  it('the policy cannot be written: held, and the way back restores what was', async () => {
    let denied = true;
    const deny = inCalls('PutScalingPolicy', refusal('AccessDeniedException'));
    const { report, sandbox } = await playBriefly({
      faults: (call) => (denied ? deny(call) : undefined),
      meanwhile: async (present) => {
        await present.time.runUntil(() => endsOf(present, 'emergency-scaling').includes('Held'), 3_600_000);
        denied = false;
        startAtConsole(present, 'scale-in');
      },
    });

    expect(
      ownWrites(report)
        .slice(0, 2)
        .map(({ who }) => who),
    ).toEqual(['register-target', 'scale-out']);
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(endsOf(sandbox, 'scale-in')).toContain('Restored');
  });

  it('the run is stopped between the two: another one resumes with the first snapshot', async () => {
    const incidents: string[] = [];
    const { report } = await playBriefly({
      faults: ({ operation }) =>
        operation === 'PutScalingPolicy' ? { kind: 'delay', milliseconds: 20_000 } : undefined,
      meanwhile: async (present) => {
        const open = async () => {
          const stored = await present.store.read('service/buywhere-production/buywhere-api');
          if (stored) incidents.push(parse(ServiceRecord, stored.body).incidentId);
        };
        await present.time.runUntil(() =>
          present.aws.writes.some(({ call }) => call.endsWith('UpdateService')),
        );
        await open();
        present.engine.stopExecution(present.engine.executions[0]?.arn ?? '');
        startAtConsole(present, 'emergency-scaling', { alert: 'HighLatencyP99' });
        await present.time.runUntil(() => false, 60_000);
        await open();
      },
    });

    expect(incidents[1]).toBe(incidents[0]);
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });
});
