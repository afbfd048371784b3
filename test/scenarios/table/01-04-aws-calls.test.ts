import { describe, expect, it, jest } from '@jest/globals';
import { throttling } from '../../../sandbox/throttle-faults.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import { textsOf } from '../../../shared/format/reasons.ts';
import { readServiceRecord } from '../../../shared/incident/service-record.ts';
import { incident } from '../../support/builders.ts';
import { calls } from '../approval-support.ts';
import { notGivenBack, type Played, playBriefly, settingsOf } from '../harness.ts';
import { eachRoundHigher, inCalls, lowering, ownWrites, paged, refusal, told, wordsOf } from './support.ts';

jest.setTimeout(120_000);

/** Milliseconds between the attempts of the first call of an operation. */
const gapsOf = ({ sandbox }: Played, operation: string, attempts: number) => {
  const at = calls(sandbox, operation)
    .slice(0, attempts)
    .map((call) => call.at);
  return at.slice(1).map((moment, i) => moment - (at[i] ?? 0));
};
/** Attempts of functions that the state machines had to repeat. */
const failedTasks = ({ sandbox }: Played) =>
  sandbox.engine.executions.flatMap(({ history }) =>
    history.filter(({ type }) => type === 'TaskFailed' || type === 'LambdaFunctionFailed'),
  );

describe('scenario 1: ThrottlingException, ConcurrentUpdateException', () => {
  const writing: [string, string][] = [
    ['UpdateService', 'ThrottlingException'],
    ['RegisterScalableTarget', 'ConcurrentUpdateException'],
    ['PutScalingPolicy', 'ThrottlingException'],
  ];

  it.each(writing)(
    '%s meets %s six times: capped backoff in one layer, then one write',
    async (operation, error) => {
      const played = await playBriefly({ faults: inCalls(operation, refusal(error), 6) });
      const { report, sandbox } = played;
      const gaps = gapsOf(played, operation, 7);

      expect(
        calls(sandbox, operation)
          .slice(0, 7)
          .map((call) => call.error),
      ).toEqual([...Array(6).fill(error), undefined]);
      // The cap of shared/aws/retry.ts; a whole second is left for the call itself.
      expect(Math.max(...gaps)).toBeLessThan(3000);
      expect(gaps.reduce((sum, gap) => sum + gap, 0)).toBeLessThan(10_000);
      expect(failedTasks(played)).toEqual([]);
      expect(report.outcome).toBe('restored');
      expect(notGivenBack(report)).toEqual([]);
      expect(eachRoundHigher(report)).toBe(true);
    },
  );

  it.each([1, 2])('30 % of every call are throttled, seed %i: restored', async (seed) => {
    const { report, sandbox } = await playBriefly({ seed, faults: throttling(30, mulberry32(seed + 1000)) });
    const throttled = sandbox.aws.calls.filter(({ error }) => error === 'ThrottlingException').length;

    expect(throttled / report.measures.apiCalls).toBeGreaterThan(0.2);
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('waits with jitter: another seed, other pauses', async () => {
    const faults = () => inCalls('UpdateService', refusal('ThrottlingException'), 6);
    const [one, other] = [
      await playBriefly({ seed: 1, faults: faults() }),
      await playBriefly({ seed: 2, faults: faults() }),
    ];

    expect(gapsOf(one, 'UpdateService', 7)).not.toEqual(gapsOf(other, 'UpdateService', 7));
  });

  it('never ends: the run goes on asking at a bounded rate, and holds within half an hour, saying why', async () => {
    const played = await playBriefly({ faults: inCalls('UpdateService', refusal('ThrottlingException')) });
    const { report, sandbox } = played;
    const tries = calls(sandbox, 'UpdateService');

    const seconds = ((tries.at(-1)?.at ?? 0) - (tries[0]?.at ?? 0)) / 1000;

    expect(tries.length).toBeGreaterThan(10);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThan(1800);
    // The ten attempts of the SDK in each of the state's; never more than that, nor faster.
    expect(tries.length).toBeLessThanOrEqual(61 * 10);
    expect(tries.length / seconds).toBeLessThan(1);
    expect(report.outcome).toBe('held');
    expect(textsOf(report.reasons).join()).toContain('throttled: ');
  });
});

describe('scenario 2: LimitExceededException', () => {
  it.each([['RegisterScalableTarget'], ['PutScalingPolicy'], ['UpdateService']])(
    '%s: one call, then held and alerted',
    async (operation) => {
      const { report, sandbox } = await playBriefly({
        faults: inCalls(operation, refusal('LimitExceededException')),
      });

      expect(calls(sandbox, operation).filter(({ error }) => error)).toHaveLength(1);
      expect(report.outcome).toBe('held');
      expect(told(sandbox).at(-1)).toBe('held');
      expect(wordsOf(sandbox)).toMatch(/HELD[\s\S]*limit (exceeded|reached)/);
      expect(paged(sandbox)).toContain('trigger');
      expect(lowering(report)).toEqual([]);
    },
  );
});

describe('scenario 3: 5xx', () => {
  it.each([
    ['UpdateService', 'ServerException'],
    ['RegisterScalableTarget', 'InternalServiceException'],
    ['PutScalingPolicy', 'InternalServiceException'],
    ['DescribeServices', 'ServerException'],
  ])('%s fails four times: repeated within the deadline', async (operation, error) => {
    const played = await playBriefly({ faults: inCalls(operation, refusal(error, 500), 4) });

    expect(calls(played.sandbox, operation).filter((call) => call.error === error)).toHaveLength(4);
    expect(failedTasks(played)).toEqual([]);
    expect(played.report.outcome).toBe('restored');
    expect(notGivenBack(played.report)).toEqual([]);
  });

  it('for ever: nothing is lowered, the snapshot is kept, and people are told how to go back', async () => {
    const { report, sandbox } = await playBriefly({
      faults: inCalls('UpdateService', refusal('ServerException', 500)),
    });

    expect(report.outcome).toBe('held');
    expect(lowering(report)).toEqual([]);
    expect(report.after).toMatchObject({ desired: report.before?.desired, min: 2, max: 20 });
    expect(await readServiceRecord(incident(), sandbox.store)).toMatchObject({
      incidentOpen: true,
      snapshotStored: true,
    });
    expect(wordsOf(sandbox)).toContain('To go back to normal later: start scale-in');
  });
});

describe('scenario 4: time-out, but the update took effect', () => {
  it.each([
    ['RegisterScalableTarget', 'register-target'],
    ['UpdateService', 'scale-out'],
    ['PutScalingPolicy', 'put-policy'],
  ])('%s: no second change', async (operation, writer) => {
    const undisturbed = await playBriefly();
    const { report, sandbox } = await playBriefly({
      faults: inCalls(operation, { kind: 'timeout-after' }, 1),
    });
    const writesOf = (played: typeof report) =>
      ownWrites(played)
        .filter(({ who }) => who === writer)
        .map(({ from, to }) => ({ from, to }));

    expect(calls(sandbox, operation)[0]?.error).toBeDefined();
    expect(writesOf(report).slice(0, 1)).toEqual(writesOf(undisturbed.report).slice(0, 1));
    // The lost answer costs time, so a later round may see more traffic; nothing is ever written twice.
    const written = writesOf(report).map(({ to }) => JSON.stringify(to));
    expect(new Set(written).size).toBe(written.length);
    expect(report.outcome).toBe('restored');
    expect(settingsOf(report.after)).toEqual(settingsOf(report.before));
  });

  it('a step down: the next one starts from where it led', async () => {
    const lost = inCalls('UpdateService', { kind: 'timeout-after' }, 1);
    const { report } = await playBriefly({
      faults: (call) => (call.caller === 'scale-in' ? lost(call) : undefined),
    });
    const steps = report.writes.filter(({ who }) => who === 'scale-in');

    expect(
      steps.filter(
        ({ from, to }) => Number(from.desired) - Number(to.desired) > Math.max(1, Number(from.desired) / 4),
      ),
    ).toEqual([]);
    expect(steps.slice(1).filter(({ from }, i) => from.desired !== steps[i]?.to.desired)).toEqual([]);
    expect(report.outcome).toBe('restored');
  });
});
