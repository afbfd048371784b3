import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { closeIncident } from '../../functions/close-incident.ts';
import { openIncident } from '../../functions/open-incident.ts';
import { plan as planStep } from '../../functions/plan.ts';
import { takeSnapshot } from '../../functions/take-snapshot.ts';
import type { Outcome } from '../../shared/document/outcome.ts';
import { because } from '../../shared/format/reasons.ts';
import { readServiceRecord, serviceKey } from '../../shared/incident/service-record.ts';
import { snapshotKey } from '../../shared/incident/snapshot.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import {
  arn,
  assessment,
  incident,
  now,
  plan,
  record,
  request,
  secondsLater,
  seenRaised,
  service,
  snapshot,
  throttled,
  view,
} from '../support/builders.ts';
import { unanswered } from '../support/unanswered.ts';
import { context, listening, lockedStore, raised, standing } from './harness.ts';

const states = mockClient(SFNClient);
beforeEach(() => {
  states.reset();
  standing();
});
const second = request({
  execution: { arn: arn('emergency-scaling', 'run-2'), name: 'run-2', startedAt: now },
});

describe('open-incident', () => {
  const open = async (status?: 'RUNNING' | 'SUCCEEDED' | 'PENDING_REDRIVE') => {
    if (status) states.on(DescribeExecutionCommand).resolves({ status });
    else
      states
        .on(DescribeExecutionCommand)
        .rejects(Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' }));
    return openIncident.run(
      { document: { request: second } },
      { ...context(await lockedStore()), states: new SFNClient({}) },
    );
  };

  it.each([
    ['RUNNING', 'joined'],
    ['PENDING_REDRIVE', 'joined'],
    ['SUCCEEDED', 'continued'],
    [undefined, 'continued'],
  ] as const)('asks Step Functions whether the holder runs: %s, so it is %s', async (status, expected) => {
    expect(await open(status)).toMatchObject({ status: expected });
    expect(states.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toMatchObject({
      executionArn: arn('emergency-scaling', 'run-1'),
    });
  });

  it('tells the log what has become of it', async () => {
    states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
    const { log, lines } = listening();
    const joined = await openIncident.run(
      { document: { request: second } },
      { ...context(await lockedStore(), { log }), states: new SFNClient({}) },
    );
    expect(joined).toMatchObject({ status: 'joined', id: 'incident-1', joinedAlerts: ['HighLatencyP99'] });
    expect(lines).toEqual([['info', 'incident joined', joined]]);
  });

  it('does not guess when Step Functions does not say', async () => {
    states
      .on(DescribeExecutionCommand)
      .rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
    const run = openIncident.run(
      { document: { request: second } },
      { ...context(await lockedStore()), states: new SFNClient({}) },
    );
    await expect(run).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('take-snapshot', () => {
  const take = (store: Awaited<ReturnType<typeof lockedStore>>, desired: number) =>
    takeSnapshot.run(
      {
        document: {
          request: request(),
          incident: incident(),
          assessment: assessment({ service: view({ desired }) }),
        },
      },
      context(store),
    );

  it('stores what is there before the first write, once', async () => {
    const store = await lockedStore();
    const first = await take(store, 3);

    expect(await take(store, 12)).toEqual(first);
    expect(await store.read(snapshotKey('incident-1'))).toMatchObject({
      version: 1,
      body: { desired: 3, bounds: { max: 10 } },
    });
    expect(await readServiceRecord(incident(), store)).toMatchObject({ snapshotStored: true });
  });

  it('tells the log where it is', async () => {
    const { log, lines } = listening();
    const document = { request: request(), incident: incident(), assessment: assessment() };
    await takeSnapshot.run({ document }, context(await lockedStore(), { log }));
    const reference = { key: snapshotKey('incident-1'), takenAt: now };
    expect(lines).toEqual([['info', 'snapshot stored', reference]]);
  });

  it('refuses what is unknown, and what it may not write', async () => {
    const document = {
      request: request(),
      incident: incident(),
      assessment: assessment({ service: throttled }),
    };

    await expect(takeSnapshot.run({ document }, context(await lockedStore()))).rejects.toMatchObject({
      name: 'UnknownStateError',
    });
    await expect(take(await lockedStore(2), 3)).rejects.toMatchObject({ name: 'LockLostError' });
  });

  it('goes on where the answer to a write was lost', async () => {
    const store = await lockedStore();
    expect(await take(unanswered(store), 3)).toEqual(await take(store, 3));
  });
});

describe('plan', () => {
  it('goes out by the assessment', async () => {
    const seen = assessment({ values: { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 } });
    const document = { request: request(), incident: incident(), assessment: seen };

    expect(await planStep.run({ direction: 'out', document }, context(await lockedStore()))).toMatchObject({
      action: 'scale-out',
      desired: { from: 3, to: 9 },
    });
  });

  it('comes back to the stored snapshot', async () => {
    const store = await lockedStore();
    await store.write(snapshotKey('incident-1'), snapshot({ desired: 4 }), { expected: 'absent' });
    standing(raised);
    const document = {
      request: request({ machine: 'scale-in' }),
      incident: incident(),
      assessment: seenRaised(),
    };

    expect(await planStep.run({ direction: 'in', document }, context(store))).toMatchObject({
      action: 'scale-in',
      desired: { from: 9, to: 4 },
    });
  });
});

describe('close-incident of a run that an alert has joined', () => {
  const close = async (outcome: Outcome['outcome'], joinedNow: string[], known: string[]) => {
    const store = memoryRecordStore({ now: () => new Date(now) });
    await store.write(serviceKey(service.cluster, service.service), record({ joinedNow }), {
      expected: 'absent',
    });
    const document = { request: request(), incident: incident(), plan: plan({ joined: known }) };
    const closed = await closeIncident.run({ outcome, document }, context(store));
    return { closed, recorded: (await readServiceRecord(incident(), store))?.outcome };
  };

  it('since its last look: records nothing, and says that it goes on', async () => {
    expect(await close('recovered', ['HighErrorRate', 'HighCPU'], ['HighCPU'])).toMatchObject({
      closed: { goesOn: true, reasons: [{ code: 'joined-meanwhile', alerts: ['HighErrorRate'] }] },
      recorded: undefined,
    });
  });

  it.each<[string, Outcome['outcome'], string[], string[]]>([
    ['before its last look', 'recovered', ['HighCPU'], ['HighCPU']],
    ['that calls a person: it has done so', 'recovered', ['APIDown'], []],
    ['and that is held anyway', 'held', ['HighCPU'], []],
  ])('%s: it is over', async (_, outcome, joined, known) => {
    const { closed, recorded } = await close(outcome, joined, known);
    expect(closed).not.toHaveProperty('goesOn');
    expect(recorded).toBe(outcome);
  });
});

describe('close-incident of a run that is held', () => {
  it.each<[string, string | undefined, string | undefined, string]>([
    ['by the plan that followed a check', secondsLater(-15), now, 'dependency-failed'],
    ['by a check after the plan', now, secondsLater(-60), 'rounds-spent'],
    ['by a check of the same moment', now, now, 'rounds-spent'],
    ['by a check without a plan of its own', now, undefined, 'rounds-spent'],
    ['by a check that does not say when it looked', undefined, now, 'rounds-spent'],
  ])('%s: says why', async (_, checkedAt, assessedAt, code) => {
    const store = memoryRecordStore({ now: () => new Date(now) });
    await store.write(serviceKey(service.cluster, service.service), record(), { expected: 'absent' });
    const document = {
      request: request(),
      incident: incident(),
      ...(assessedAt === undefined ? {} : { assessment: assessment({ at: assessedAt }) }),
      verification: {
        goal: 'recovered' as const,
        state: 'failed' as const,
        since: now,
        ...(checkedAt === undefined ? {} : { at: checkedAt }),
        mention: false,
        nextCheckSeconds: 15,
        reasons: [because('rounds-spent', { rounds: 5 })],
      },
      plan: plan({ action: 'escalate', reasons: [because('dependency-failed')] }),
    };
    const closed = await closeIncident.run({ outcome: 'held', document }, context(store));
    expect(closed.reasons).toMatchObject([{ code }]);
  });
});

describe('close-incident', () => {
  const close = async (
    outcome: Outcome['outcome'],
    snapshotStored: boolean,
    failure?: { Error: string; Cause: string },
  ) => {
    const store = memoryRecordStore({ now: () => new Date(now) });
    await store.write(serviceKey(service.cluster, service.service), record({ snapshotStored }), {
      expected: 'absent',
    });
    const document = {
      request: request(),
      incident: incident(),
      plan: plan(),
      ...(failure ? { failure } : {}),
    };
    const closed = await closeIncident.run({ outcome, document }, context(store));
    return { closed, stored: await readServiceRecord(incident(), store) };
  };

  it.each([
    ['restored', true, false],
    ['recovered', true, true],
    ['recovered', false, false],
    ['held', true, true],
    ['held', false, false],
    ['rejected', true, true],
    ['expired', true, true],
    ['rolled-back', true, true],
  ] as const)(
    '%s, with a snapshot: %s, leaves the incident open: %s',
    async (outcome, snapshotStored, incidentOpen) => {
      expect((await close(outcome, snapshotStored)).stored).toMatchObject({ incidentOpen, outcome });
    },
  );

  it('writes down why: the failure, else what was checked or planned', async () => {
    const { closed, stored } = await close('held', true, {
      Error: 'GuardError',
      Cause: '{"errorMessage":"too many"}',
    });

    const why = 'guard: too many';
    expect(closed).toEqual({
      outcome: 'held',
      reasons: [expect.objectContaining({ text: why })],
      summary: why,
      at: now,
    });
    expect(stored?.outcomeReasons).toEqual(closed.reasons);
    expect((await close('held', true)).closed.reasons).toEqual(plan().reasons);
  });
});
