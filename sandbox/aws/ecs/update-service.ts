import { z } from 'zod';
import type { SimulatedService } from '../../world/model/types.ts';
import { AwsError } from '../errors.ts';
import { parseInput } from '../input.ts';
import { nameOf, requireService, type Site } from '../site.ts';
import { INVALID } from './shapes.ts';

const UpdateService = z.object({
  cluster: z.string().default('default'),
  service: z.string().min(1),
  desiredCount: z.int().optional(),
  taskDefinition: z.string().min(1).optional(),
  forceNewDeployment: z.boolean().default(false),
});

/** Tasks per service (Amazon ECS endpoints and quotas). */
const MOST_TASKS = 5000;

/** `family`, `family:revision` or an ARN, to a revision that a service may use. @throws AwsError ClientException */
function usableTaskDefinition(service: SimulatedService, wanted: string): string {
  const name = nameOf(wanted);
  const known = [...service.taskDefinitions].filter(([id]) => id === name || id.startsWith(`${name}:`));
  const revision = (id: string) => Number(id.slice(id.lastIndexOf(':') + 1));
  const newestFirst = known.sort(([a], [b]) => revision(b) - revision(a));
  const match = newestFirst.find(([id, status]) => id === name || status === 'ACTIVE');
  if (match === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.');
  if (match[1] === 'INACTIVE') throw new AwsError('ClientException', 'TaskDefinition is inactive');
  return match[0];
}

/** A checked UpdateService, not yet applied. */
export interface PreparedUpdate {
  service: SimulatedService;
  apply(): void;
}

/**
 * UpdateService (API_UpdateService.html): a count alone starts no deployment, a new definition or
 * `forceNewDeployment` does. Other members are accepted and change nothing here.
 * @throws AwsError as ECS does, before any effect
 */
export function prepareUpdate(site: Site, input: unknown): PreparedUpdate {
  const request = parseInput(UpdateService, input, INVALID);
  const service = requireService(site, request.cluster, request.service);
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  const { desiredCount, taskDefinition } = request;
  if (desiredCount !== undefined && desiredCount < 0) {
    throw new AwsError(INVALID, 'Desired count must be zero or more.');
  }
  if (desiredCount !== undefined && desiredCount > MOST_TASKS) {
    throw new AwsError(INVALID, 'Desired count exceeds limit.');
  }
  const definition =
    taskDefinition === undefined ? service.taskDefinition : usableTaskDefinition(service, taskDefinition);
  return {
    service,
    apply() {
      if (desiredCount !== undefined && desiredCount !== service.desiredCount) {
        service.setDesiredCount(desiredCount);
      }
      if (request.forceNewDeployment || definition !== service.taskDefinition) service.deploy(definition);
    },
  };
}
