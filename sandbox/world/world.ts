/** The world: simulated services that advance together in virtual time whenever someone looks. */

import { type ServiceOptions, settingsOf } from './model/options.ts';
import { fork, type Random } from './model/random.ts';
import type { World } from './model/types.ts';
import { advanceService, createService } from './service.ts';
import { serviceView } from './view.ts';

export interface WorldOptions {
  /** Virtual time, ms since the epoch; never goes back. */
  now: () => number;
  /** Seeded source; the world draws from it only while it is created. */
  random: Random;
  services: readonly ServiceOptions[];
}

/**
 * Creates the world at `now()`, the moment 0 of arrivals and troubles. The same options, random numbers and calls at
 * the same times give the same world, however often it is looked at. Throws a RangeError or an Error for bad options.
 */
export function createWorld(options: WorldOptions): World {
  const { now, random } = options;
  // Whole seconds, so that two worlds started within one second have the same minutes.
  const start = Math.floor(now() / 1000) * 1000;
  const states = options.services.map((service) => createService(settingsOf(service), start, fork(random)));
  const advance = (): void => {
    const time = now();
    for (const state of states) advanceService(state, time);
  };
  const services = states.map((state) => serviceView(state, advance));
  return {
    now,
    advance,
    service: (cluster, name) => services.find((each) => each.cluster === cluster && each.name === name),
    services,
  };
}
