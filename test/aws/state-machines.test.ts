import { readFileSync } from 'node:fs';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { simulatedApprover } from '../../sandbox/approver.ts';
import { stateMachineArn } from '../../sandbox/engine/basics/arn.ts';
import { defaultPlace } from '../../sandbox/place.ts';
import { type Deployment, deploy } from './deployed/deployment.ts';
import { executionEnded, startExecution, statesOf } from './deployed/executions.ts';
import { before, settingsOf } from './deployed/settings.ts';

jest.setTimeout(300_000);

let deployed: Deployment;
beforeAll(async () => {
  deployed = await deploy();
});
afterAll(() => deployed?.stop());

const event = (name: string) => JSON.parse(readFileSync(`events/${name}.json`, 'utf8'));

const settings = () => settingsOf(deployed.clients);

const start = (machine: string, name: string) =>
  startExecution(deployed.clients.states, machine, event(name));
const ended = (run: string, meanwhile?: () => Promise<void>) =>
  executionEnded(deployed.clients.states, run, meanwhile);
const states = (run: string) => statesOf(deployed.clients.states, run);

async function executionsOf(machine: string): Promise<string[]> {
  const { executions } = await deployed.clients.states.send(
    new ListExecutionsCommand({ stateMachineArn: stateMachineArn(defaultPlace, machine) }),
  );
  return (executions ?? []).map(({ executionArn = '' }) => executionArn);
}

describe('the state machines, run by moto, over the functions that are deployed', () => {
  it('a dry run plans and changes nothing', async () => {
    deployed.offer(1800);
    await deployed.pass(3);
    const run = await start('emergency-scaling', 'emergency-scaling-dry-run');
    expect(await ended(run)).toMatchObject({
      status: 'SUCCEEDED',
      output: { plan: { action: 'scale-out', desired: { from: 3 } } },
    });
    expect((await states(run)).at(-1)).toBe('Planned');
    expect(await settings()).toEqual(before);
  });

  it('an emergency raises max, count and policy, and recovers', async () => {
    const run = await start('emergency-scaling', 'emergency-scaling-console');
    expect(await ended(run)).toMatchObject({
      status: 'SUCCEEDED',
      output: { outcome: { outcome: 'recovered' } },
    });
    const raised = await settings();
    expect(raised).toMatchObject({
      min: 2,
      max: 20,
      scalingInSuspended: true,
      cpu: [{ name: 'buywhere-api-cpu-scaling', target: 50, out: 30, in: 180 }],
    });
    expect(raised.desired).toBeGreaterThanOrEqual(5);
    expect((await states(run)).at(-1)).toBe('Recovered');
  });

  it('the scale-in that follows waits for two approvals and gives every setting back', async () => {
    deployed.offer(600);
    const [run = ''] = await executionsOf('scale-in');
    const approvers = simulatedApprover(
      {
        aws: { mailbox: deployed.mails },
        // Two minutes later, when they have read their mails.
        time: { now: () => Date.now() + 120_000 },
        functions: Object.fromEntries(deployed.handlers),
      },
      'yes',
    );
    expect(await ended(run, approvers)).toMatchObject({
      status: 'SUCCEEDED',
      output: { outcome: { outcome: 'restored' } },
    });
    expect(await settings()).toEqual(before);
    const entered = await states(run);
    const steps = entered.filter((state) => state === 'Take one step down');
    expect(steps.length).toBeGreaterThan(2);
    expect(entered.indexOf('Ask for approval')).toBeGreaterThan(0);
    expect(entered.indexOf('Ask for approval')).toBeLessThan(entered.indexOf('Take one step down'));
    expect(entered.at(-1)).toBe('Restored');
  });

  it('a rollback deploys again and keeps the tasks', async () => {
    const run = await start('rollback', 'rollback-redeploy');
    expect(await ended(run)).toMatchObject({
      status: 'SUCCEEDED',
      output: { outcome: { outcome: 'rolled-back' } },
    });
    expect((await states(run)).at(-1)).toBe('Rolled back');
    expect(await settings()).toEqual(before);
  });

  it('no function ended with an error on the way', () => {
    expect(deployed.failures).toEqual([]);
  });
});
