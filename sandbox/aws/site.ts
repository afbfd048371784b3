import type { Place } from '../place.ts';
import type { SimulatedService, World } from '../world/model/types.ts';
import { AwsError } from './errors.ts';
import type { Output } from './input.ts';
import type { ShownService } from './shown.ts';
import type { WriteRecord } from './wire.ts';

/** Names of a service's load balancer and target group as CloudWatch dimension values. */
export interface LoadBalancerNames {
  /** `app/NAME/ID` */
  loadBalancer: string;
  /** `targetgroup/NAME/ID` */
  targetGroup: string;
}

/** What all parts of the simulated AWS share: the world, the account, the clock and the record of changes. */
export interface Site extends Place {
  readonly world: World;
  /** Virtual milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  readonly writes: WriteRecord[];
  /** Told of each write in the moment that it takes effect. */
  readonly onWrite?: (write: WriteRecord) => void;
  readonly loadBalancerOf: (service: SimulatedService) => LoadBalancerNames | undefined;
  readonly shownOf: (service: SimulatedService) => ShownService;
  /** How services looked right before each write, oldest first; kept only where answers lag. */
  readonly olderAnswers: Map<SimulatedService, readonly { at: number; answer: Output }[]>;
  /** Namespace of the metrics that the services publish themselves, with the dimension `Service`. */
  readonly customNamespace: string;
  /** The resolution for which the services' CPU and memory metrics are configured. */
  readonly cpuMetricSeconds: 20 | 60;
}

/** AWS JSON protocols carry timestamps as epoch seconds. */
export function epochSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}

/** A name given alone or as the tail of an ARN. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) : nameOrArn;
}

/** Lower-case hexadecimal digits from the seeded generator. */
export function hexDigits(site: Site, count: number): string {
  let digits = '';
  while (digits.length < count) {
    digits += Math.floor(site.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return digits.slice(0, count);
}

/** An identifier in UUID form, repeatable for a seed. */
export function uuid(site: Site): string {
  const digits = hexDigits(site, 32);
  const ends = [0, 8, 12, 16, 20, 32];
  return ends
    .slice(1)
    .map((end, index) => digits.slice(ends[index], end))
    .join('-');
}

/** Name of a known cluster. @throws AwsError ClusterNotFoundException */
export function requireCluster(site: Site, nameOrArn: string): string {
  const cluster = nameOf(nameOrArn);
  const isKnown = ({ cluster: own, poolService }: SimulatedService) =>
    own === cluster || poolService?.cluster === cluster;
  if (!site.world.services.some(isKnown)) {
    throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  }
  return cluster;
}

/** A service of a known cluster. @throws AwsError ClusterNotFoundException, ServiceNotFoundException */
export function requireService(site: Site, cluster: string, nameOrArn: string): SimulatedService {
  const service = site.world.service(requireCluster(site, cluster), nameOf(nameOrArn));
  if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return service;
}
