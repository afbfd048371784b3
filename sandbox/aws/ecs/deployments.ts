import { z } from 'zod';
import type { SimulatedService } from '../../world/model/types.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { epochSeconds, requireService, type Site } from '../site.ts';
import {
  briefShape,
  deploymentArn,
  fullShape,
  type Located,
  revisionArn,
  revisionShape,
} from './deployment-shapes.ts';
import { INVALID } from './shapes.ts';

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

const ContinueServiceDeployment = z.object({
  serviceDeploymentArn: z.string(),
  hookId: z.string(),
  action: z.enum(['CONTINUE', 'ROLLBACK']).default('CONTINUE'),
});

/** The states in which ECS accepts a stop (stop-service-deployment.html), among those of the simulated world. */
const STOPPABLE: ReadonlySet<string> = new Set(['PENDING', 'IN_PROGRESS', 'ROLLBACK_IN_PROGRESS']);

function locate(site: Site, wanted: string, arnOf: (site: Site, located: Located) => string) {
  return site.world.services
    .flatMap((service) => service.history.map((record) => ({ service, record })))
    .find((located) => arnOf(site, located) === wanted);
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

/** The paused deployment that ContinueServiceDeployment names. @throws AwsError as ECS does, before any effect */
export function locatePause(
  site: Site,
  input: unknown,
): { service: SimulatedService; arn: string; action: 'CONTINUE' | 'ROLLBACK' } {
  const request = parseInput(ContinueServiceDeployment, input, INVALID);
  const located = locate(site, request.serviceDeploymentArn, deploymentArn);
  if (located === undefined) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
  }
  const { pause } = located.record;
  if (pause?.hookId !== request.hookId || pause.status !== 'AWAITING_ACTION') {
    throw new AwsError(INVALID, 'The lifecycle hook is not awaiting an action.');
  }
  return { service: located.service, arn: request.serviceDeploymentArn, action: request.action };
}
