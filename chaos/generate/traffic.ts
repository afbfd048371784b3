import { baselineRate } from '../../sandbox/scenario-play.ts';
import type { ServiceOptions } from '../../sandbox/world/model/options.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import { piecewise } from '../../sandbox/world/traffic/arrivals.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { chaosConfig } from './config.ts';
import type { ChaosIncident } from './incident.ts';
import { badRevision, brokenRevision, dyingRevision, goodRevision, worseRevision } from './revisions.ts';

/** Quiet seconds before the traffic rises. */
const quietSeconds = 30;
/** Simulated before the start, so that alarms and metrics have points. */
const historySeconds = 420;

/** Name of the service of an environment in its configuration. */
export function serviceOf(environment: ChaosIncident['environment']): string {
  return Object.keys(chaosConfig(environment).services)[0] ?? '';
}

/** What happens to the simulated service in an incident. */
export function worldOf(
  incident: ChaosIncident,
  seed: number,
): Pick<ServiceOptions, 'arrivals'> & Partial<ServiceOptions> {
  const { environment, traffic, troubles, faults, taskStartSeconds, dbPool, cache } = incident;
  const minimum = faults.find(({ kind }) => kind === 'minimum-healthy');
  const baseline = baselineRate(serviceConfig(chaosConfig(environment), serviceOf(environment)));
  const { factor, riseSeconds, holdSeconds } = traffic;
  const top = quietSeconds + riseSeconds;
  const arrivals = piecewise(
    baseline,
    [
      [0, 1],
      [quietSeconds, 1],
      [top, factor],
      [top + holdSeconds, factor],
      [top + holdSeconds + riseSeconds, 1],
    ],
    mulberry32(seed),
  );
  return {
    arrivals,
    troubles,
    revisions: {
      [badRevision]: { cost: 1.8, errorShare: 0.05 },
      [worseRevision]: { cost: 1.8, errorShare: 0.05 },
      [goodRevision]: {},
      [brokenRevision]: { exitsAfterSeconds: 5 },
      [dyingRevision]: { exitsAfterSeconds: 45 },
    },
    historySeconds,
    taskStartSeconds,
    ...(dbPool && { dbPool }),
    ...(cache && { cache }),
    ...(minimum?.kind === 'minimum-healthy' && { minimumHealthyPercent: minimum.percent }),
  };
}
