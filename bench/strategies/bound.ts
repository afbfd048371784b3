import { setDesiredCount } from '../../shared/aws/ecs.ts';
import { suspendAutoscaling } from './policies.ts';
import { type Arena, type Strategy, sleep } from './strategy.ts';

/** The first point of a 20-second metric that lies wholly in the spike: its period and its delay. */
const firstSignSeconds = 40;

/** Nothing that reacts to CloudWatch has fewer bad minutes: every task that there is, at the first possible sign. */
export const bound: Strategy = {
  name: 'bound',
  title: 'bound: ceiling at the first sign',
  startsRuns: false,
  knowsTraffic: true,
  async prepare(arena) {
    await suspendAutoscaling(arena);
    void jump(arena);
  },
};

async function jump({ sandbox, ecs, demanded }: Arena): Promise<void> {
  const [atStart = 0] = demanded;
  const rise = demanded.findIndex((tasks) => tasks > atStart);
  if (rise === -1) return;
  await sleep(rise + firstSignSeconds);
  await setDesiredCount(ecs, sandbox.service, sandbox.service.capacity.emergency.max);
}
