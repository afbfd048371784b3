import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import { checkRepeats, type Precondition } from '../../../shared/aws/repeated-attempts.ts';
import { retryStrategy } from '../../../shared/aws/retry.ts';
import { LockLostError } from '../../../shared/core/errors.ts';

/** What happens, in order, when a write fails so often and then succeeds. */
async function write(
  failures: number,
  check: Precondition | undefined,
  happened: string[] = [],
): Promise<string[]> {
  let sent = 0;
  const ecs = new ECSClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryStrategy: retryStrategy(() => 0),
    requestHandler: wireRequestHandler(async () => {
      happened.push('sent');
      const fails = ++sent <= failures;
      return {
        status: fails ? 503 : 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(fails ? { __type: 'ServiceUnavailable' } : {}),
      };
    }, 'test'),
  });
  const command = new UpdateServiceCommand({ service: 'api', desiredCount: 9 });
  command.middlewareStack.use(checkRepeats(check));
  await ecs.send(command);
  return happened;
}

/** A check that speaks each time, and from its nth time on refuses. */
function checking(refusesFrom = Number.POSITIVE_INFINITY) {
  const happened: string[] = [];
  const check = async () => {
    happened.push('checked');
    if (happened.filter((each) => each === 'checked').length >= refusesFrom)
      throw new LockLostError('another run holds the lock');
  };
  return { happened, check };
}

it('leaves the first attempt to who checked before it', async () => {
  const { happened, check } = checking();
  expect(await write(0, check, happened)).toEqual(['sent']);
});

it('checks before each repeated attempt', async () => {
  const { happened, check } = checking();
  expect(await write(2, check, happened)).toEqual(['sent', 'checked', 'sent', 'checked', 'sent']);
});

it('sends nothing more once the check fails, and passes its error on', async () => {
  const { happened, check } = checking(2);
  await expect(write(5, check, happened)).rejects.toThrow(new LockLostError('another run holds the lock'));
  expect(happened).toEqual(['sent', 'checked', 'sent', 'checked']);
});

it('repeats as usual where nothing has to be checked', async () => {
  expect(await write(2, undefined)).toEqual(['sent', 'sent', 'sent']);
});
