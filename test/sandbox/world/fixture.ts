/** A world with one service and a clock that a test turns. */

import type { ServiceOptions } from '../../../sandbox/world/model/options.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import type { MetricName, SimulatedService, World } from '../../../sandbox/world/model/types.ts';
import { createWorld } from '../../../sandbox/world/world.ts';

/** A whole minute, so that minutes of metrics and of the test agree. */
export const START = Date.UTC(2026, 3, 18, 9, 0, 0);

export interface Fixture {
  world: World;
  service: SimulatedService;
  /** Moves the clock to this second after the start. */
  at: (seconds: number) => void;
  /** The last visible minute of a metric. */
  latest: (metric: MetricName, statistic: string) => number | undefined;
}

export function startWorld(options: Partial<ServiceOptions> = {}, seed = 1): Fixture {
  let now = START;
  const world = createWorld({
    now: () => now,
    random: mulberry32(seed),
    services: [{ cluster: 'production', name: 'api', desiredCount: 3, arrivals: () => 10, ...options }],
  });
  const service = world.service('production', 'api');
  if (service === undefined) throw new Error('the service is missing');
  return {
    world,
    service,
    at: (seconds) => {
      now = START + seconds * 1000;
      world.advance();
    },
    latest: (metric, statistic) => {
      const minute = Math.floor(now / 60_000) * 60_000 - 120_000;
      return service.datapoints(metric, statistic, 60, minute, minute + 60_000)[0]?.value;
    },
  };
}
