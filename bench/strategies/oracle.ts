import { setDesiredCount } from '../../shared/aws/ecs.ts';
import { suspendAutoscaling } from './policies.ts';
import { type Arena, type Strategy, sleep } from './strategy.ts';

/** Knows the traffic: asks for exactly the tasks that are needed, one task start time ahead. */
export const oracle: Strategy = {
  name: 'oracle',
  title: 'oracle that knows the traffic',
  startsRuns: false,
  knowsTraffic: true,
  async prepare(arena) {
    await suspendAutoscaling(arena);
    void follow(arena);
  },
};

async function follow({ sandbox, ecs, demanded, leadSeconds }: Arena): Promise<void> {
  let last: number | undefined;
  let slept = 0;
  for (let second = 0; second < demanded.length; second += 1) {
    const wanted = Math.max(...demanded.slice(second, second + leadSeconds + 1));
    if (wanted === last) continue;
    await sleep(second - slept);
    slept = second;
    last = wanted;
    await setDesiredCount(ecs, sandbox.service, Math.min(wanted, sandbox.service.capacity.emergency.max));
  }
}
