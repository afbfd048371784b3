import { z } from 'zod';
import { arn } from '../../place.ts';
import type { SimulatedService } from '../../world/model/types.ts';
import { AwsError } from '../errors.ts';
import { type Operations, page, parseInput } from '../input.ts';
import { nameOf, requireCluster, type Site } from '../site.ts';
import { describedService } from './lag.ts';
import { clusterArn, INVALID, serviceArn } from './shapes.ts';

const MOST_SERVICES = 10;

const DescribeServices = z.object({
  cluster: z.string().default('default'),
  services: z.array(z.string()).default([]),
});
const ListServices = z.object({
  cluster: z.string().default('default'),
  maxResults: z.int().min(1).max(100).default(10),
  nextToken: z.string().optional(),
});
const DescribeClusters = z.object({ clusters: z.array(z.string()).default(['default']) });

function clusterShape(site: Site, cluster: string) {
  const services = site.world.services.filter((service) => service.cluster === cluster);
  const sum = (count: (service: SimulatedService) => number) =>
    services.reduce((total, service) => total + count(service), 0);
  return {
    clusterArn: clusterArn(site, cluster),
    clusterName: cluster,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: sum((service) => service.runningCount),
    pendingTasksCount: sum((service) => service.pendingCount),
    activeServicesCount: services.length,
    capacityProviders: ['FARGATE'],
  };
}

/** Reading services and clusters. A missing service is a failure in the answer, a missing cluster an error. */
export function serviceOperations(site: Site): Operations {
  const clusters = () => [...new Set(site.world.services.map((service) => service.cluster))];
  return {
    DescribeServices(input) {
      const request = parseInput(DescribeServices, input, INVALID);
      if (request.services.length === 0) throw new AwsError(INVALID, 'Services cannot be empty.');
      if (request.services.length > MOST_SERVICES) {
        throw new AwsError(INVALID, `Services cannot have more than ${MOST_SERVICES} elements.`);
      }
      const cluster = requireCluster(site, request.cluster);
      const found: SimulatedService[] = [];
      const failures: { arn: string; reason: string }[] = [];
      for (const name of request.services) {
        const service = site.world.service(cluster, nameOf(name));
        if (service !== undefined) found.push(service);
        else
          failures.push({ arn: arn(site, 'ecs', `service/${cluster}/${nameOf(name)}`), reason: 'MISSING' });
      }
      return { services: found.map((service) => describedService(site, service)), failures };
    },

    ListServices(input) {
      const request = parseInput(ListServices, input, INVALID);
      const cluster = requireCluster(site, request.cluster);
      const arns = site.world.services
        .filter((service) => service.cluster === cluster)
        .map((service) => serviceArn(site, service));
      const { items, nextToken } = page(arns, request.maxResults, request.nextToken, INVALID);
      return { serviceArns: items, ...(nextToken !== undefined && { nextToken }) };
    },

    ListClusters: () => ({ clusterArns: clusters().map((cluster) => clusterArn(site, cluster)) }),

    DescribeClusters(input) {
      const request = parseInput(DescribeClusters, input, INVALID);
      const names = request.clusters.map(nameOf);
      const known = new Set(clusters());
      return {
        clusters: names.filter((name) => known.has(name)).map((name) => clusterShape(site, name)),
        failures: names
          .filter((name) => !known.has(name))
          .map((name) => ({ arn: clusterArn(site, name), reason: 'MISSING' })),
      };
    },
  };
}
