import { ListTasksCommand } from '@aws-sdk/client-ecs';
import { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { withoutProfiles } from '../../sandbox/aws/no-profiles.ts';
import type { WireRequest, WireResponse } from '../../sandbox/aws/wire.ts';
import { clients } from '../../sandbox/clients.ts';

const region = 'ap-southeast-1';
const published =
  '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

const answering =
  (status: number, body: string, seen: WireRequest[] = []) =>
  async (request: WireRequest): Promise<WireResponse> => {
    seen.push(request);
    return { status, headers: {}, body };
  };

const list = (handle: ReturnType<typeof answering>, caller = 'assess', attempts?: number) =>
  clients.ecs({ caller, region, attempts, handle }).send(new ListTasksCommand({ cluster: 'c' }));

/** How many turns of the queue of promises some work takes. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let over = false;
  let turns = 0;
  void work().finally(() => {
    over = true;
  });
  for (; !over; turns += 1) await undefined;
  return turns;
}

describe('the clients of the sandbox', () => {
  withoutProfiles();

  it('belong to one function each, and talk to the sandbox that asked last', async () => {
    const [first, second, other]: WireRequest[][] = [[], [], []];
    await list(answering(200, '{}', first));
    await list(answering(200, '{}', other), 'scale-out');
    await list(answering(200, '{}', second));
    expect([first, second, other].map((seen) => seen?.map(({ caller }) => caller))).toEqual([
      ['assess'],
      ['assess'],
      ['scale-out'],
    ]);
  });

  it('repeat calls as the sandbox that asked last says', async () => {
    const attempts = async (most: number) => {
      const seen: WireRequest[] = [];
      const failing = answering(500, '{"__type":"ServerException"}', seen);
      await expect(list(failing, 'notify', most)).rejects.toThrow();
      return seen.length;
    };
    expect([await attempts(1), await attempts(3), await attempts(1)]).toEqual([1, 3, 1]);
  });

  it('take as many turns for their first call as for every later one: a seed is the same run in every process', async () => {
    const publish = () => {
      const sns = clients.sns({ caller: 'notify', region, handle: answering(200, published) });
      return sns.send(new PublishCommand({ TopicArn: 'arn:aws:sns:::t', Message: 'm' }));
    };
    for (const call of [() => list(answering(200, '{}'), 'plan'), publish]) {
      const turns = [await turnsOf(call), await turnsOf(call), await turnsOf(call)];
      expect(new Set(turns).size).toBe(1);
    }
  });
});
