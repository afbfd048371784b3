import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, it, jest } from '@jest/globals';
import { install } from '@sinonjs/fake-timers';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import { retryStrategy } from '../../../shared/aws/retry.ts';

/** A client whose calls fail with these errors, one after the other, and then succeed. */
function clientThatFails(...errors: [name: string, status: number][]) {
  const calls = jest.fn();
  const ecs = new ECSClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // No jitter: no waiting either.
    retryStrategy: retryStrategy(() => 0),
    requestHandler: wireRequestHandler(async () => {
      calls();
      const [name, status] = errors.shift() ?? ['', 200];
      const body = status === 200 ? { services: [] } : { __type: name, message: name };
      return {
        status,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(body),
      };
    }, 'test'),
  });
  return { ecs, calls };
}
const describeServices = new DescribeServicesCommand({ services: ['api'] });

it.each([
  ['throttled three times', 'ThrottlingException', 400, 3],
  ['an update is pending', 'ConcurrentUpdateException', 400, 2],
  ['a server fault', 'ServerException', 500, 2],
])('%s: called again, then once more successfully', async (_, name, status, times) => {
  const { ecs, calls } = clientThatFails(
    ...Array.from({ length: times }, (): [string, number] => [name, status]),
  );

  await expect(ecs.send(describeServices)).resolves.toMatchObject({ services: [] });
  expect(calls).toHaveBeenCalledTimes(times + 1);
});

it.each(['AccessDeniedException', 'LimitExceededException', 'ServiceNotFoundException'])(
  '%s is not called again',
  async (name) => {
    const { ecs, calls } = clientThatFails([name, 400]);

    await expect(ecs.send(new UpdateServiceCommand({ service: 'api' }))).rejects.toMatchObject({ name });
    expect(calls).toHaveBeenCalledTimes(1);
  },
);

it('gives up in the end, with the error of AWS', async () => {
  const { ecs, calls } = clientThatFails(
    ...Array.from({ length: 50 }, (): [string, number] => ['ThrottlingException', 400]),
  );

  await expect(ecs.send(describeServices)).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(calls.mock.calls.length).toBeLessThanOrEqual(10);
});

it.each([
  ['at most', 1, [200, 400, 800, 1600, 2000, 2000]],
  ['half of it where chance says so', 0.5, [100, 200, 400, 800, 1000, 1000]],
])('waits longer from call to call: %s', async (_, random, expected) => {
  const clock = install({ toFake: ['setTimeout', 'Date'] });
  const strategy = retryStrategy(() => random);
  let token = await strategy.acquireInitialRetryToken('service/a');
  const delays: number[] = [];
  for (const _attempt of expected) {
    const from = clock.now;
    const repeated = strategy.refreshRetryTokenForRetry(token, { errorType: 'TRANSIENT' });
    await clock.nextAsync();
    token = await repeated;
    delays.push(clock.now - from);
  }
  clock.uninstall();
  expect(delays).toEqual(expected);
});
