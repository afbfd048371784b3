import { expect, it, jest } from '@jest/globals';
import type { FaultPlan } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { production } from '../support/builders.ts';
import { play } from './harness.ts';

jest.setTimeout(60_000);

/** AWS refuses every reading of the service, from the alarm on and for so long: other services are in alarm, too. */
function throttledFor(seconds: number): FaultPlan {
  let since: number | undefined;
  return ({ at, operation }) => {
    if (operation !== 'DescribeServices') return undefined;
    since ??= at;
    return at < since + seconds * 1000
      ? { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }
      : undefined;
  };
}

/** The plan that a run's first planning gave. */
function firstPlan({ engine }: Sandbox): unknown {
  const exited = engine.executions[0]?.history.find(
    ({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Plan the capacity',
  );
  return JSON.parse(exited?.stateExitedEventDetails?.output ?? '{}').plan;
}

it('a throttled run waits for its turn, then scales out and is restored', async () => {
  const { report, sandbox } = await play({ faults: throttledFor(180) });
  expect(report.outcome).toBe('restored');
  const [run] = report.executions;
  expect(run?.states).toContain('Wait for its turn');
  expect(report.measures.alarmToFirstWriteSeconds).toBeGreaterThanOrEqual(180);
  // It goes on seldom: every look takes a call from a run that has not scaled yet.
  const seldom = { nextCheckSeconds: production.timing.watch.intervalSeconds };
  expect(firstPlan(sandbox)).toMatchObject(seldom);
  expect(firstPlan((await play()).sandbox)).not.toMatchObject(seldom);
});

it('nobody is left waiting: after half an hour a person is called, and nothing was written', async () => {
  const { report, sandbox } = await play({ faults: throttledFor(7200) });
  expect(report.outcome).toBe('held');
  const written = report.writes.filter(({ who }) => who !== 'application-autoscaling');
  expect(written).toEqual([]);
  expect(sandbox.aws.mailbox.map(({ text }) => text).join('\n')).toMatch(/throttled by AWS, for 3\d minutes/);
});
