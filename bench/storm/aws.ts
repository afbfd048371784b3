import { type Aws, createAws } from '../../sandbox/aws/aws.ts';
import type { VirtualTime } from '../../sandbox/clock.ts';
import { seedAutoscaling } from '../../sandbox/seed.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import type { World } from '../../sandbox/world/model/types.ts';
import { createWorld } from '../../sandbox/world/world.ts';
import { alarmsOf } from '../../shared/alarms/cloudwatch-alarms.ts';
import { alarmName } from '../../shared/alerts/catalogue.ts';
import type { Config } from '../../shared/config/schema.ts';
import { loadBalancingOf } from '../../shared/config/servers/load-balancing.ts';
import type { Hit } from './account.ts';
import { type Buckets, limitOf } from './limits.ts';

/** The account with what its services share. */
export interface Account {
  config: Config;
  hits: Hit[];
  time: VirtualTime;
  buckets: Buckets;
}

/** The services, each with its traffic. */
export function worldOf({ config, hits, time }: Account, seed: number): World {
  return createWorld({
    now: time.now,
    random: mulberry32(seed ^ 0x1234567),
    services: hits.map(({ service, arrivals }) => ({
      cluster: service.cluster,
      name: service.service,
      arrivals,
      desiredCount: service.capacity.baseline.desired,
      capacityPerTask: service.capacity.perTask.requestsPerMinute / 60,
      p99WarningSeconds: config.thresholds.latencyP99Seconds.warning,
      historySeconds: 600,
    })),
  });
}

/** AWS that refuses what its buckets do not let through. */
export function awsOf({ config, hits, time, buckets }: Account, world: World): Aws {
  return createAws({
    world,
    now: time.now,
    random: time.random,
    region: config.region,
    senders: [config.approval.sender],
    loadBalancers: Object.fromEntries(
      hits.map(({ service }) => [`${service.cluster}/${service.service}`, loadBalancingOf(service)]),
    ),
    faults: ({ service, operation }) => {
      const limit = limitOf(service, operation);
      return !limit || buckets.take(limit) ? undefined : throttled;
    },
  });
}

const throttled = {
  kind: 'error',
  name: 'ThrottlingException',
  message: 'Rate exceeded',
  status: 400,
} as const;

/** A service's autoscaling, and the one alarm that it raises in this storm. */
export function seedService(aws: Aws, { service, alert }: Hit, config: Config): void {
  seedAutoscaling(aws, service);
  const alarm = alarmsOf(service, config).find(
    ({ AlarmName }) => AlarmName === alarmName(service.service, alert),
  );
  aws.alarms.putAlarm(JSON.parse(JSON.stringify(alarm)));
  aws.alarms.setState(
    alarmName(service.service, alert),
    'OK',
    'Threshold Crossed: the datapoints were not breaching',
  );
}
