import type { ServiceDeployment } from './ecs-deployments.ts';

/** When another task definition came into service. */
export interface Release {
  /** When its deployment was created. */
  at: string;
}

/** A release that others have followed. */
export interface EarlierRelease extends Release {
  taskDefinition: string;
  /** When its deployment completed, if it did. */
  completedAt?: string | undefined;
  /** When the next deployment of another definition was created, which ended it or tried to. */
  until: string;
}

/**
 * The deployment that brought the present task definition. A restart brings none: it counts from the deployment before
 * it. Nor does a way back, which is not to blame for what it ends: undefined then, and where no other definition is known.
 * @param deployments newest first.
 */
export function releaseOf(deployments: readonly ServiceDeployment[]): Release | undefined {
  const [newest] = deployments;
  if (!newest || wasWayBack(deployments)) return undefined;
  const others = otherThan(newest, deployments);
  const first = deployments[others - 1];
  return others > 0 && first ? { at: first.createdAt } : undefined;
}

/**
 * The releases that others have followed, newest first: each as often as it was deployed, also one that did not complete,
 * because its tasks may have served meanwhile. The oldest known deployment followed nothing that is known, and is none.
 * @param deployments newest first.
 */
export function releasesBefore(deployments: readonly ServiceDeployment[]): EarlierRelease[] {
  return deployments.flatMap(({ taskDefinition, createdAt: at, completedAt }, index) => {
    const older = deployments.slice(index + 1).find(stayed);
    const next = deployments.slice(0, index).findLast((one) => one.taskDefinition !== taskDefinition);
    const began = older !== undefined && older.taskDefinition !== taskDefinition;
    if (!next || !began || !taskDefinition) return [];
    return [{ at, taskDefinition, ...(completedAt ? { completedAt } : {}), until: next.createdAt }];
  });
}

const stayed = ({ status }: ServiceDeployment): boolean => status === 'SUCCESSFUL';

/** Whether the newest deployment went back: ECS's own rollback, or a definition that another one had replaced before. */
export function wasWayBack(deployments: readonly ServiceDeployment[]): boolean {
  const [newest] = deployments;
  if (!newest) return false;
  if (undone(newest)) return true;
  const others = otherThan(newest, deployments);
  const { taskDefinition } = newest;
  return others > 0 && deployments.slice(others + 1).some((one) => one.taskDefinition === taskDefinition);
}

/**
 * Definitions whose last deployment was followed by one of a definition that was there before it: somebody, or a run, has
 * taken them back, and had a reason. Pure.
 * @param deployments newest first.
 */
export function takenBack(deployments: readonly ServiceDeployment[]): string[] {
  const placeOf = (definition: string) =>
    deployments.findIndex(({ taskDefinition }) => taskDefinition === definition);
  const definitions = new Set(deployments.flatMap(({ taskDefinition }) => taskDefinition ?? []));
  return [...definitions].filter((definition) => {
    const place = placeOf(definition);
    const next = deployments[place - 1]?.taskDefinition;
    return next !== undefined && deployments.slice(place + 1).some((one) => one.taskDefinition === next);
  });
}

/** Whether ECS, or somebody with it, has taken a deployment back. */
export const undone = ({ status }: ServiceDeployment): boolean =>
  status.startsWith('ROLLBACK_') || status === 'STOPPED';

/** Place of the newest deployment of another definition; -1 where there is none. */
const otherThan = (newest: ServiceDeployment, deployments: readonly ServiceDeployment[]): number =>
  deployments.findIndex(({ taskDefinition }) => taskDefinition !== newest.taskDefinition);
