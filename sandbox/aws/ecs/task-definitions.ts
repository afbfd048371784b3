import { z } from 'zod';
import { roleArn } from '../../place.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, page, parseInput } from '../input.ts';
import { nameOf, type Site } from '../site.ts';
import { INVALID, taskDefinitionArn } from './shapes.ts';

const DescribeTaskDefinition = z.object({
  taskDefinition: z.string().min(1),
  include: z.array(z.enum(['TAGS'])).default([]),
});
const ListTaskDefinitions = z.object({
  familyPrefix: z.string().optional(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']).default('ACTIVE'),
  sort: z.enum(['ASC', 'DESC']).default('ASC'),
  maxResults: z.int().min(1).max(100).default(100),
  nextToken: z.string().optional(),
});

interface Revision {
  id: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE';
}

/** Every known revision once, by family and then oldest first. */
function revisions(site: Site): Revision[] {
  const all = new Map<string, Revision>();
  for (const service of site.world.services) {
    for (const [id, status] of service.taskDefinitions) {
      const colon = id.lastIndexOf(':');
      all.set(id, { id, family: id.slice(0, colon), revision: Number(id.slice(colon + 1)), status });
    }
  }
  return [...all.values()].sort((a, b) =>
    a.family === b.family ? a.revision - b.revision : a.family < b.family ? -1 : 1,
  );
}

function taskDefinitionShape(site: Site, { id, family, revision, status }: Revision): Output {
  return {
    taskDefinitionArn: taskDefinitionArn(site, id),
    family,
    revision,
    status,
    taskRoleArn: roleArn(site, `${family}-task`),
    executionRoleArn: roleArn(site, 'ecsTaskExecutionRole'),
    networkMode: 'awsvpc',
    compatibilities: ['EC2', 'FARGATE'],
    requiresCompatibilities: ['FARGATE'],
    cpu: '1024',
    memory: '2048',
    volumes: [],
    placementConstraints: [],
    containerDefinitions: [
      {
        name: family,
        image: `${site.account}.dkr.ecr.${site.region}.amazonaws.com/${family}:${revision}`,
        cpu: 1024,
        memory: 2048,
        essential: true,
        portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
        environment: [],
        mountPoints: [],
        volumesFrom: [],
      },
    ],
  };
}

/** DescribeTaskDefinition and ListTaskDefinitions; `familyPrefix` is the exact family, as on AWS. */
export function taskDefinitionOperations(site: Site): Operations {
  return {
    DescribeTaskDefinition(input) {
      const request = parseInput(DescribeTaskDefinition, input, INVALID);
      const name = nameOf(request.taskDefinition);
      const found = revisions(site).findLast(
        (revision) => revision.id === name || (revision.family === name && revision.status === 'ACTIVE'),
      );
      if (found === undefined) throw new AwsError('ClientException', 'Unable to describe task definition.');
      const tags = request.include.includes('TAGS') ? { tags: [] } : {};
      return { taskDefinition: taskDefinitionShape(site, found), ...tags };
    },

    ListTaskDefinitions(input) {
      const request = parseInput(ListTaskDefinitions, input, INVALID);
      const arns = revisions(site)
        .filter(
          ({ family, status }) =>
            status === request.status &&
            (request.familyPrefix === undefined || family === request.familyPrefix),
        )
        .map(({ id }) => taskDefinitionArn(site, id));
      if (request.sort === 'DESC') arns.reverse();
      const { items, nextToken } = page(arns, request.maxResults, request.nextToken, INVALID);
      return { taskDefinitionArns: items, ...(nextToken !== undefined && { nextToken }) };
    },
  };
}
