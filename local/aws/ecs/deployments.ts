import { z } from 'zod';
import type { ServiceDeploymentRecord, SimulatedService } from '../../world/types.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { arn, epochSeconds, requireService, type Site } from '../site.ts';
import {
  clusterArn,
  DEPLOYMENT_CONFIGURATION,
  INVALID,
  loadBalancersShape,
  serviceArn,
  taskDefinitionArn,
} from './shapes.ts';

const ListServiceDeployments = z.object({
  cluster: z.string().default('default'),
  service: z.string().min(1),
  status: z.array(z.string()).optional(),
  createdAt: z.object({ before: z.number().optional(), after: z.number().optional() }).default({}),
  maxResults: z.int().min(1).max(100).default(20),
  nextToken: z.string().optional(),
});
const DescribeServiceDeployments = z.object({ serviceDeploymentArns: z.array(z.string()).min(1).max(20) });
const DescribeServiceRevisions = z.object({ serviceRevisionArns: z.array(z.string()).min(1).max(20) });
const StopServiceDeployment = z.object({
  serviceDeploymentArn: z.string(),
  stopType: z.enum(['ABORT', 'ROLLBACK']).default('ROLLBACK'),
});

/** The states in which ECS accepts a stop (stop-service-deployment.html), among those of the simulated world. */
const STOPPABLE: ReadonlySet<string> = new Set(['PENDING', 'IN_PROGRESS', 'ROLLBACK_IN_PROGRESS']);

interface Located {
  service: SimulatedService;
  record: ServiceDeploymentRecord;
}

/** `ecs-svc/123` is the deployment's id in DescribeServices; ARNs use the digits only. */
function bareId(record: ServiceDeploymentRecord): string {
  return record.id.slice(record.id.lastIndexOf('/') + 1);
}

function childArn(site: Site, kind: string, { service, record }: Located): string {
  return arn(site, 'ecs', `${kind}/${service.cluster}/${service.name}/${bareId(record)}`);
}

const deploymentArn = (site: Site, located: Located) => childArn(site, 'service-deployment', located);
const revisionArn = (site: Site, located: Located) => childArn(site, 'service-revision', located);

function locate(site: Site, wanted: string, arnOf: (site: Site, located: Located) => string) {
  return site.world.services
    .flatMap((service) => service.history.map((record) => ({ service, record })))
    .find((located) => arnOf(site, located) === wanted);
}

function briefShape(site: Site, located: Located): Output {
  const { service, record } = located;
  return {
    serviceDeploymentArn: deploymentArn(site, located),
    serviceArn: serviceArn(site, service),
    clusterArn: clusterArn(site, service.cluster),
    targetServiceRevisionArn: revisionArn(site, located),
    status: record.status,
    createdAt: epochSeconds(record.createdAt),
    startedAt: epochSeconds(record.startedAt),
    ...(record.finishedAt !== undefined && { finishedAt: epochSeconds(record.finishedAt) }),
  };
}

function fullShape(site: Site, located: Located): Output {
  const { service, record } = located;
  const counts = service.deployments.find((deployment) => deployment.id === record.id);
  const source = service.history[service.history.findIndex(({ id }) => id === record.id) + 1];
  const rolledBack = record.status.startsWith('ROLLBACK') && source !== undefined;
  const { targetServiceRevisionArn, ...brief } = briefShape(site, located);
  return {
    ...brief,
    updatedAt: epochSeconds(record.finishedAt ?? site.now()),
    deploymentConfiguration: DEPLOYMENT_CONFIGURATION,
    sourceServiceRevisions:
      source === undefined ? [] : [{ arn: revisionArn(site, { service, record: source }) }],
    targetServiceRevision: {
      arn: targetServiceRevisionArn,
      requestedTaskCount: counts?.desiredCount ?? 0,
      runningTaskCount: counts?.runningCount ?? 0,
      pendingTaskCount: counts?.pendingCount ?? 0,
    },
    ...(rolledBack && {
      rollback: {
        startedAt: epochSeconds(record.finishedAt ?? record.startedAt),
        serviceRevisionArn: revisionArn(site, { service, record: source }),
      },
    }),
  };
}

function revisionShape(site: Site, located: Located): Output {
  const { service, record } = located;
  return {
    serviceRevisionArn: revisionArn(site, located),
    serviceArn: serviceArn(site, service),
    clusterArn: clusterArn(site, service.cluster),
    taskDefinition: taskDefinitionArn(site, record.taskDefinition),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    loadBalancers: loadBalancersShape(site, service),
    createdAt: epochSeconds(record.createdAt),
  };
}

/** Describes what exists of the wanted ARNs and reports the others as MISSING. */
function describe(
  site: Site,
  wanted: readonly string[],
  arnOf: (site: Site, located: Located) => string,
  shape: (site: Site, located: Located) => Output,
): { found: Output[]; failures: Output[] } {
  const found = [];
  const failures = [];
  for (const each of wanted) {
    const located = locate(site, each, arnOf);
    if (located === undefined) failures.push({ arn: each, reason: 'MISSING' });
    else found.push(shape(site, located));
  }
  return { found, failures };
}

/** Reading service deployments and revisions (API_ListServiceDeployments.html and siblings). */
export function deploymentOperations(site: Site): Operations {
  return {
    ListServiceDeployments(input) {
      const request = parseInput(ListServiceDeployments, input, INVALID);
      const service = requireService(site, request.cluster, request.service);
      const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = request.createdAt;
      const selected = service.history.filter((record) => {
        const createdAt = epochSeconds(record.createdAt);
        const statusFits = request.status === undefined || request.status.includes(record.status);
        return statusFits && createdAt >= after && createdAt <= before;
      });
      const { items, nextToken } = page(selected, request.maxResults, request.nextToken, INVALID);
      return {
        serviceDeployments: items.map((record) => briefShape(site, { service, record })),
        ...(nextToken !== undefined && { nextToken }),
      };
    },

    DescribeServiceDeployments(input) {
      const { serviceDeploymentArns } = parseInput(DescribeServiceDeployments, input, INVALID);
      const { found, failures } = describe(site, serviceDeploymentArns, deploymentArn, fullShape);
      return { serviceDeployments: found, failures };
    },

    DescribeServiceRevisions(input) {
      const { serviceRevisionArns } = parseInput(DescribeServiceRevisions, input, INVALID);
      const { found, failures } = describe(site, serviceRevisionArns, revisionArn, revisionShape);
      return { serviceRevisions: found, failures };
    },
  };
}

/** The deployment that StopServiceDeployment may stop. @throws AwsError as ECS does, before any effect */
export function locateDeployment(site: Site, input: unknown): { service: SimulatedService; arn: string } {
  const request = parseInput(StopServiceDeployment, input, INVALID);
  if (request.stopType === 'ABORT') throw new AwsError(INVALID, 'stopType must be ROLLBACK.');
  const located = locate(site, request.serviceDeploymentArn, deploymentArn);
  if (located === undefined) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
  }
  if (!STOPPABLE.has(located.record.status)) {
    throw new AwsError('ConflictException', `Service deployment is in status ${located.record.status}.`);
  }
  return { service: located.service, arn: request.serviceDeploymentArn };
}
