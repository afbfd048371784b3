import { describe, expect, it } from '@jest/globals';
import type { ServiceDeployment } from '../../../shared/aws/ecs-deployments.ts';
import { releaseOf, wasWayBack } from '../../../shared/aws/release.ts';
import { secondsLater } from '../../support/builders.ts';

const deployment = (revision: number, hoursAgo: number, status = 'SUCCESSFUL'): ServiceDeployment => ({
  arn: `arn:deployment/${revision}`,
  status,
  createdAt: secondsLater(-3600 * hoursAgo),
  taskDefinition: `buywhere-api:${revision}`,
});
const of = (...deployments: ServiceDeployment[]) => releaseOf(deployments)?.at;

describe('when another task definition came into service', () => {
  it.each<[string, ServiceDeployment[], number]>([
    ['with the newest deployment', [deployment(42, 1), deployment(41, 24)], 1],
    ['while it is still running', [deployment(42, 1, 'IN_PROGRESS'), deployment(41, 24)], 1],
    ['before a restart', [deployment(42, 1), deployment(42, 2), deployment(41, 24)], 2],
    [
      'after one that was taken back',
      [deployment(43, 1), deployment(42, 2, 'ROLLBACK_SUCCESSFUL'), deployment(41, 24)],
      1,
    ],
  ])('%s', (_, deployments, hours) => {
    expect(of(...deployments)).toBe(secondsLater(-3600 * hours));
  });

  it.each<[string, ServiceDeployment[]]>([
    ['there is none', []],
    ['there is one, and nothing to compare it with', [deployment(42, 1)]],
    ['it was only restarted', [deployment(42, 1), deployment(42, 24)]],
    ['ECS has taken it back', [deployment(42, 1, 'ROLLBACK_SUCCESSFUL'), deployment(41, 24)]],
    ['ECS takes it back', [deployment(42, 1, 'ROLLBACK_IN_PROGRESS'), deployment(41, 24)]],
    ['somebody stopped it', [deployment(42, 1, 'STOPPED'), deployment(41, 24)]],
    ['it was the way back', [deployment(41, 1), deployment(42, 2), deployment(41, 24)]],
  ])('not where %s', (_, deployments) => {
    expect(of(...deployments)).toBeUndefined();
  });

  it('a way back is told from a restart', () => {
    expect(wasWayBack([deployment(41, 1), deployment(42, 2), deployment(41, 24)])).toBe(true);
    expect(wasWayBack([deployment(42, 1), deployment(42, 2), deployment(41, 24)])).toBe(false);
    expect(wasWayBack([])).toBe(false);
  });
});
