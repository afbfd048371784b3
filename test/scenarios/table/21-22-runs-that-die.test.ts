import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProcesses } from '../../../chaos/faults/dying-process.ts';
import { createFunctionFaults } from '../../../chaos/faults/function-faults.ts';
import type { ChaosFault } from '../../../chaos/generate/incident.ts';
import type { Report } from '../../../sandbox/report.ts';
import type { Sandbox, SandboxHooks } from '../../../sandbox/sandbox.ts';
import { asPerson, notGivenBack, playBriefly, reaching } from '../harness.ts';
import {
  allEnded,
  eachRoundHigher,
  endsOf,
  lowering,
  onMinutes,
  ownWrites,
  paged,
  wordsOf,
} from './support.ts';

jest.setTimeout(120_000);

describe('scenario 21: an operator stops the execution', () => {
  const stop = async (present: Sandbox, machine: string) => {
    const running = present.engine.executions.find(
      (one) => one.machine === machine && one.status === 'RUNNING',
    );
    await asPerson(present, 'AWSStepFunctions.StopExecution', { executionArn: running?.arn });
  };

  it('in the middle of scaling out: capacity stays, people are told, and the input they are given restores', async () => {
    let stopped: unknown;
    const { report, sandbox } = await playBriefly({
      change: onMinutes,
      meanwhile: async (present) => {
        await reaching(present, 'emergency-scaling', 'Wait for the tasks');
        await stop(present, 'emergency-scaling');
        await allEnded(present);
        await present.time.runUntil(() => false, 10_000);
        stopped = present.aws.settings(present.service.cluster, present.service.service);
        await present.time.runUntil(() => present.time.now() > Date.parse('2026-10-02T17:40:00Z'));
        // A later alarm's run has started a scale-in of its own: the operator stops that as well.
        for (const { arn, status } of present.engine.executions) {
          if (status === 'RUNNING') present.engine.stopExecution(arn);
        }
        await present.time.runUntil(() => false, 10_000);
        const input = /start scale-in with (\{.*\})/.exec(wordsOf(present))?.[1] ?? '';
        present.engine.startExecution({ machine: 'scale-in', input: JSON.parse(input) });
      },
    });

    expect(stopped).toMatchObject({
      desired: report.writes.find(({ who }) => who === 'scale-out')?.to.desired,
      max: 20,
    });
    expect(wordsOf(sandbox)).toContain('ended with ABORTED');
    expect(paged(sandbox)).toContain('trigger');
    expect(endsOf(sandbox, 'scale-in').at(-1)).toBe('Restored');
    expect(notGivenBack(report)).toEqual([]);
  });

  it('while the approval is open: capacity stays where it is', async () => {
    const { report, sandbox } = await playBriefly({
      approve: 'never',
      meanwhile: async (present) => {
        await reaching(present, 'scale-in', 'Ask for approval');
        await stop(present, 'scale-in');
      },
    });

    expect(report.executions.some(({ status }) => status === 'ABORTED')).toBe(true);
    expect(report.after.desired).toBe(report.peak?.desired);
    expect(lowering(report)).toEqual([]);
    expect(wordsOf(sandbox)).toContain('To go back to normal, start scale-in with');
  });
});

describe('scenario 22: a function dies between two calls', () => {
  /** Kills the process of a function at these calls: by name, or of anything, counted over all its attempts. */
  function killed(functionName: string, calls: (number | string)[]): SandboxHooks & { deaths(): number } {
    const faults = calls.map(
      (call): ChaosFault => ({ kind: 'crash', function: functionName, call, when: 'after' }),
    );
    const reach = new Map<string, Map<string, number>>();
    const processes = createProcesses({
      now: () => Date.now(),
      faults: createFunctionFaults(faults, reach),
      whereIs: () => ({ state: '', stateEntry: 0 }),
    });
    return {
      functions: processes.functions,
      surroundings: processes.surroundings,
      deaths: () => processes.invocations.filter(({ error }) => error === 'Lambda.Unknown').length,
    };
  }
  // The first attempt dies after its 2nd call, the next after its 4th, then after the 6th and the 8th.
  const everywhere = [2, 6, 12, 20];

  /** Writes of everything but the count: a delay may cost another round of scaling out, but nothing else. */
  const settingsWrites = (report: Report) => ownWrites(report).filter(({ to }) => !('desired' in to)).length;
  let undisturbed = 0;
  beforeAll(async () => {
    undisturbed = settingsWrites((await playBriefly()).report);
  });

  it.each([
    ['open-incident', [1, 3]],
    ['take-snapshot', [1, 3]],
    ['register-target', everywhere],
    ['scale-out', everywhere],
    ['put-policy', everywhere],
    ['request-approval', [2, 6, 12]],
    ['scale-in', everywhere],
    ['close-incident', [1, 3]],
    ['open-incident', ['store:write']],
    ['register-target', ['application-autoscaling:RegisterScalableTarget']],
    ['scale-out', ['ecs:UpdateService']],
    ['put-policy', ['application-autoscaling:PutScalingPolicy']],
    ['scale-in', ['ecs:UpdateService']],
  ])('%s, killed after %j: running it again converges', async (functionName, calls) => {
    const hooks = killed(functionName, calls);
    const { report } = await playBriefly({ hooks });

    expect(hooks.deaths()).toBe(calls.length);
    expect(report.outcome).toBe('restored');
    expect(notGivenBack(report)).toEqual([]);
    expect(settingsWrites(report)).toBe(undisturbed);
    expect(eachRoundHigher(report)).toBe(true);
  });
});
