import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { deliver } from '../../../sandbox/event-rules.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { parse } from '../../../shared/core/schema.ts';
import { ServiceRecord } from '../../../shared/incident/service-record.ts';
import { root } from '../../support/packaged.ts';
import { play, playBriefly, reaching, working } from '../harness.ts';
import {
  allEnded,
  eachRoundHigher,
  endsOf,
  inCalls,
  lowering,
  onMinutes,
  ownWrites,
  paged,
  refusal,
  slowNotices,
  startAtConsole,
  told,
  wordsOf,
} from './support.ts';

jest.setTimeout(120_000);

const fileEvent = (file: string): { id: string; time: string } =>
  JSON.parse(readFileSync(`${root}/events/${file}`, 'utf8'));
/** Waits until the first alarm has started a run. */
const started = ({ time, engine }: Sandbox) => time.runUntil(() => engine.executions.length > 0, 3_600_000);
/** What intake understood, in order. */
const understood = ({ logs }: Sandbox) =>
  logs.filter(({ message }) => message === 'request understood').map(({ fields }) => fields);

it('scenario 5: the same alarm event twice: one run', async () => {
  const { report } = await playBriefly({
    meanwhile: async (present) => {
      await started(present);
      const [event] = present.alarmEvents;
      if (!event) throw new Error('no alarm fired');
      deliver(present.engine, event);
      await reaching(present, 'scale-in', 'Ask for approval');
      present.engine.startExecution({ machine: 'emergency-scaling', name: 'much-later', input: event });
    },
  });
  const emergencies = working(report).filter(({ stateMachine }) => stateMachine === 'emergency-scaling');
  const repeats = report.executions.filter(({ name }) => name.endsWith('-again') || name === 'much-later');

  expect(emergencies).toHaveLength(1);
  expect(repeats.map(({ states }) => states.at(-1))).toEqual(['Joined', 'Ignored']);
  expect(eachRoundHigher(report)).toBe(true);
  expect(report.outcome).toBe('restored');
});

describe('scenario 6: an event hours late', () => {
  const late = { ...fileEvent('alarm-high-latency-p99.json'), id: 'late', time: '2026-10-02T12:00:00Z' };
  const delivered = async (present: Sandbox) => {
    await present.time.runUntil(() => false, 60_000);
    deliver(present.engine, late);
    await allEnded(present);
  };

  it('its alarm is looked up; it is OK by now, so the event is ignored, and the log says why', async () => {
    const { report, sandbox } = await playBriefly({ scenario: 'quiet', meanwhile: delivered });

    expect(sandbox.aws.calls.map(({ operation }) => operation)).toEqual(['DescribeAlarms']);
    expect(understood(sandbox)).toMatchObject([
      { act: false, reasons: [{ code: 'alarm-ok-by-now', alarm: 'buywhere-api-HighLatencyP99' }] },
    ]);
    expect([report.outcome, report.writes, endsOf(sandbox, 'emergency-scaling')]).toEqual([
      'ignored',
      [],
      ['Ignored'],
    ]);
  });

  it('its alarm cannot be looked up: ignored all the same, because it is old', async () => {
    const faults = inCalls('DescribeAlarms', refusal('InternalServiceFault', 500));
    const { report, sandbox } = await playBriefly({ scenario: 'quiet', meanwhile: delivered, faults });

    expect(understood(sandbox)).toMatchObject([
      { act: false, reasons: [{ code: 'alarm-too-old', ageSeconds: expect.any(Number) }] },
    ]);
    expect([report.outcome, report.writes]).toEqual(['ignored', []]);
  });

  it('its alarm still fires: that is no stale event, and the run begins', async () => {
    const { report } = await playBriefly({
      change: onMinutes,
      meanwhile: async (present) => {
        await started(present);
        present.engine.stopExecution(present.engine.executions[0]?.arn ?? '');
        deliver(present.engine, late);
      },
    });

    expect(report.executions.find(({ name }) => name.startsWith('late'))).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(ownWrites(report).length).toBeGreaterThan(0);
  });
});

describe('scenario 7: two alarms for one service at once', () => {
  it('the second joins', async () => {
    let joined: string[] = [];
    const { report, sandbox } = await playBriefly({
      change: onMinutes,
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        const stored = await present.store.read('service/buywhere-production/buywhere-api');
        joined = stored ? parse(ServiceRecord, stored.body).joinedAlerts : [];
      },
    });
    const [first, second] = sandbox.alarmEvents;
    const [run, other] = sandbox.engine.executions;

    expect(second?.time).toBe(first?.time);
    expect(second?.detail.alarmName).not.toBe(first?.detail.alarmName);
    expect(other?.startDate).toBe(run?.startDate);
    expect(endsOf(sandbox, 'emergency-scaling').slice(0, 2).toSorted()).toEqual(['Joined', 'Recovered']);
    expect(joined).toContain('HighLatencyP99');
    expect(working(report).filter(({ stateMachine }) => stateMachine === 'emergency-scaling')).toHaveLength(
      1,
    );
  });

  it('the second joins, and where the API is down a person is called at once', async () => {
    const { sandbox } = await playBriefly({
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        startAtConsole(present, 'emergency-scaling', { alert: 'APIDown' });
      },
    });

    expect(endsOf(sandbox, 'emergency-scaling').slice(0, 2)).toEqual(['Recovered', 'Joined']);
    expect(told(sandbox)).toContain('escalated');
    expect(wordsOf(sandbox)).toMatch(
      /APIDown asks for a person at once[\s\S]*emergency-scaling \S+ is handling this service already/,
    );
  });

  it('the second comes as the first only tells of its end: it acts by itself', async () => {
    const { sandbox } = await playBriefly({
      faults: slowNotices,
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Tell people that it recovered');
        startAtConsole(present, 'emergency-scaling', { alert: 'HighLatencyP95' });
      },
    });

    expect(endsOf(sandbox, 'emergency-scaling').at(-1)).toBe('Recovered');
    // The scale-in of the first run gives way, and nobody is told in vain.
    expect(endsOf(sandbox, 'scale-in')).toEqual(['Superseded', 'Restored']);
    expect(told(sandbox)).not.toContain('failed');
  });
});

describe('scenario 8: an alarm that flaps', () => {
  const alarm = 'buywhere-api-HighLatencyP99';
  const flap = async ({ aws, time }: Sandbox, seconds: number) => {
    aws.alarms.setState(alarm, 'ALARM', 'Threshold Crossed');
    await time.runUntil(() => false, seconds * 1000);
    aws.alarms.setState(alarm, 'OK', 'Threshold Crossed');
    await time.runUntil(() => false, seconds * 1000);
  };

  it('while its metric is ok: one run watches, the others join, nothing is written', async () => {
    const { report, sandbox } = await play({
      scenario: 'quiet',
      meanwhile: async (present) => {
        for (let count = 0; count < 10; count++) await flap(present, 45);
        await allEnded(present);
      },
    });
    const ends = endsOf(sandbox, 'emergency-scaling');

    expect(ends.filter((end) => end !== 'Joined' && end !== 'Ignored')).toEqual(['Nothing needed']);
    expect(ends.length).toBeGreaterThan(5);
    expect(report.writes).toEqual([]);
  });

  it('with its traffic: nothing is given back between two flaps', async () => {
    const last = 3300;
    const flapping = (seconds: number) => (seconds > 300 && seconds < last && seconds % 360 < 240 ? 40 : 10);
    const { report, sandbox } = await playBriefly({ world: () => ({ arrivals: flapping }) });
    const end = Date.parse('2026-10-02T17:00:00Z') + last * 1000;

    expect(lowering(report).filter(({ at }) => Date.parse(at) < end)).toEqual([]);
    expect(eachRoundHigher(report)).toBe(true);
    expect(endsOf(sandbox, 'emergency-scaling').filter((ended) => ended === 'Recovered').length).toBeLessThan(
      4,
    );
  });

  it('after three runs within an hour the next one only stops, and a person is called', async () => {
    const { report, sandbox } = await playBriefly({
      scenario: 'quiet',
      change: ({ timing }) => Object.assign(timing.watch, { deadlineSeconds: 60 }),
      meanwhile: async (present) => {
        for (let count = 0; count < 4; count++) {
          await flap(present, 5);
          await allEnded(present);
        }
      },
    });

    expect(endsOf(sandbox, 'emergency-scaling')).toEqual([...Array(3).fill('Nothing needed'), 'NotStarted']);
    expect(wordsOf(sandbox)).toContain('the limit of 3 emergency runs within an hour is reached');
    expect(paged(sandbox)).toContain('trigger');
    expect(report.writes).toEqual([]);
  });
});

it('scenario 9: OK arrives in the middle: the step is finished, nothing is raised further', async () => {
  const burst = (seconds: number) => (seconds > 300 && seconds < 480 ? 25 : 10);
  const { report, sandbox } = await playBriefly({
    world: () => ({ arrivals: burst }),
    faults: slowNotices,
    meanwhile: async (present) => {
      await reaching(present, 'emergency-scaling', 'Tell people that it started');
      deliver(present.engine, fileEvent('alarm-ok.json'));
    },
  });
  const raised = ownWrites(report).filter(({ who, to }) => who === 'scale-out' && 'desired' in to);

  expect(report.executions.find(({ states }) => states.at(-1) === 'Ignored')).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(
    ownWrites(report)
      .map(({ who }) => who)
      .slice(0, 3),
  ).toEqual(['register-target', 'scale-out', 'put-policy']);
  expect(raised).toHaveLength(1);
  expect(told(sandbox)).toContain('verified');
  expect(report.outcome).toBe('restored');
});
