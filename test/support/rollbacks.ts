import type { ServiceDeployment } from '../../shared/aws/ecs-deployments.ts';
import { decideRollback, type RollbackFacts } from '../../shared/plan/rollback.ts';
import { assessment, type MetricValues, request, secondsLater, view } from './builders.ts';

/** A deployment of a revision, begun so many seconds ago. */
export const deployment = (
  revision: number,
  secondsAgo: number,
  status = 'SUCCESSFUL',
): ServiceDeployment => ({
  arn: `arn:deployment/${revision}`,
  status,
  createdAt: secondsLater(-secondsAgo),
  taskDefinition: `buywhere-api:${revision}`,
});
export const yesterday = 86_400;
/** A service whose present revision, 42, came ten minutes ago and 41 a day before. */
export const facts = (part: Partial<RollbackFacts> = {}): RollbackFacts => ({
  view: view(),
  deployments: [deployment(42, 600), deployment(41, yesterday)],
  floor: 1,
  ceiling: 20,
  ...part,
});
export type To = NonNullable<ReturnType<typeof request>['rollbackTo']>;
/** What is decided about them, where this is asked for. */
export const decide = (
  to: To | undefined,
  part: Partial<RollbackFacts> = {},
  desiredCount?: number,
  values: MetricValues = {},
) =>
  decideRollback(
    request({
      machine: 'rollback',
      ...(to ? { rollbackTo: to } : {}),
      ...(desiredCount === undefined ? {} : { desiredCount }),
    }),
    assessment({ values }),
    facts(part),
  );
