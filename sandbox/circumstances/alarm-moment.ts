import type { Config } from '../../shared/config/schema.ts';
import { createSandbox, sandboxStart } from '../sandbox.ts';
import type { Play } from '../scenario-play.ts';

/** Where no alarm fires, times count from the end of the quiet minutes with which every scenario begins. */
const withoutAlarm = 300;

/** Seconds from the sandbox's start to the first alarm of the play, when no run and nobody else does anything. */
export async function alarmSecondsOf(
  play: Play,
  { config, service, seed }: { config: Config; service: string; seed: number },
): Promise<number> {
  const sandbox = createSandbox({
    config,
    service,
    world: play.world,
    seed,
    alarmsStartRuns: false,
    ...(play.besides ? { besides: play.besides } : {}),
  });
  try {
    const { time, alarmEvents } = sandbox;
    const first = () => alarmEvents.find(({ detail }) => detail.state.value === 'ALARM');
    await time.runUntil(() => first() !== undefined, play.calmAfterSeconds * 1000);
    const event = first();
    return event ? (Date.parse(event.time) - sandboxStart.getTime()) / 1000 : withoutAlarm;
  } finally {
    sandbox.close();
  }
}
