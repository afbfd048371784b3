import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import type { Fault, FaultPlan } from '../../../sandbox/aws/wire.ts';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { createHarness } from './harness.ts';

const read = () => new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] });
const scale = (desiredCount: number) =>
  new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, desiredCount });

/** Injects the faults one after the other, then none. */
function inOrder(...faults: Fault[]): FaultPlan {
  return () => faults.shift();
}

describe('faults', () => {
  it('throws an error before the effect', async () => {
    const fault = {
      kind: 'error',
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      status: 400,
    } as const;
    const { aws, ecs } = createHarness({ faults: inOrder(fault) });
    await expect(ecs.send(scale(6))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
    });
    expect(aws.settings(CLUSTER, SERVICE).desired).toBe(3);
    expect(aws.calls).toMatchObject([
      { operation: 'UpdateService', caller: 'scale-out', error: 'ThrottlingException' },
    ]);
  });

  it.each([
    ['timeout-before', 3],
    ['timeout-after', 6],
  ] as const)('times out with %s: the count is then %i', async (kind, count) => {
    const { aws, ecs } = createHarness({ faults: inOrder({ kind }) });
    await expect(ecs.send(scale(6))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(aws.settings(CLUSTER, SERVICE).desired).toBe(count);
  });

  it('is retried by the SDK, which changes nothing more after a time-out that took effect', async () => {
    const { aws, ecs } = createHarness({ faults: inOrder({ kind: 'timeout-after' }), maxAttempts: 3 });
    expect((await ecs.send(scale(6))).service?.desiredCount).toBe(6);
    expect(aws.calls).toHaveLength(2);
    expect(aws.writes).toHaveLength(1);
  });

  it('answers a server error as such', async () => {
    const fault = { kind: 'error', name: 'ServerException', message: 'oops', status: 500 } as const;
    const { ecs } = createHarness({ faults: inOrder(fault) });
    await expect(ecs.send(read())).rejects.toMatchObject({
      name: 'ServerException',
      $fault: 'server',
      $metadata: { httpStatusCode: 500 },
    });
  });

  it('lets a fault plan see what is called', async () => {
    const seen: unknown[] = [];
    const { ecs } = createHarness({ faults: (call) => void seen.push(call) });
    await ecs.send(read());
    expect(seen).toMatchObject([
      { service: 'ecs', operation: 'DescribeServices', input: { services: [SERVICE] } },
    ]);
  });
});

it('throttles ECS writes at a burst of 50 and five a second', async () => {
  const { ecs, pass } = createHarness({ enforceRates: true });
  const burst = async () => {
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => ecs.send(scale(3))));
    return results.filter((result) => result.status === 'fulfilled').length;
  };
  expect(await burst()).toBe(50);
  pass(10);
  expect(await burst()).toBe(50);
  await expect(ecs.send(read())).resolves.toBeDefined();
});

describe('mounting', () => {
  function stepFunctions(harness: ReturnType<typeof createHarness>): SFNClient {
    return new SFNClient({
      region: 'ap-southeast-1',
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
      maxAttempts: 1,
      requestHandler: wireRequestHandler(harness.aws.handle, 'intake'),
    });
  }

  it('joins another API to the same door, the same record and the same errors', async () => {
    const harness = createHarness();
    const client = stepFunctions(harness);
    harness.aws.mount('AWSStepFunctions', (operation, _input, request) => ({
      stateMachines: [
        { name: operation, stateMachineArn: request.caller, type: 'STANDARD', creationDate: 1 },
      ],
    }));
    const { stateMachines } = await client.send(new ListStateMachinesCommand());
    expect(stateMachines?.[0]).toMatchObject({ name: 'ListStateMachines', stateMachineArn: 'intake' });
    harness.aws.mount('AWSStepFunctions', () => {
      throw Object.assign(new Error('no'), { name: 'StateMachineDoesNotExist', status: 400 });
    });
    await expect(client.send(new ListStateMachinesCommand())).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    expect(harness.aws.calls.map((call) => [call.service, call.error])).toEqual([
      ['states', undefined],
      ['states', 'StateMachineDoesNotExist'],
    ]);
  });

  it('does not know what is not simulated', async () => {
    await expect(stepFunctions(createHarness()).send(new ListStateMachinesCommand())).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });

  it('lets a fault of the sandbox itself surface instead of dressing it up as an AWS error', async () => {
    const harness = createHarness();
    harness.aws.mount('AWSStepFunctions', () => {
      throw new RangeError('a bug');
    });
    await expect(stepFunctions(harness).send(new ListStateMachinesCommand())).rejects.toThrow(RangeError);
  });
});
