import { describe, expect, it } from '@jest/globals';
import type { ServiceDeployment } from '../../../shared/aws/ecs-deployments.ts';
import { releaseOf, releasesBefore, takenBack, wasWayBack } from '../../../shared/aws/release.ts';
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

describe('definitions that were taken back', () => {
  it.each<[string, number[], string[]]>([
    ['none, where each was new', [43, 42, 41], []],
    ['the one before the way back', [41, 42, 41], ['buywhere-api:42']],
    ['also where another one has followed', [43, 41, 42, 41], ['buywhere-api:42']],
    [
      'not one that was deployed again since, and followed by a new one',
      [43, 42, 41, 42, 41],
      ['buywhere-api:41'],
    ],
    ['not one that was only restarted', [42, 42, 41], []],
    ['none of nothing', [], []],
  ])('%s', (_, revisions, taken) => {
    expect(takenBack(revisions.map((revision, place) => deployment(revision, place)))).toEqual(taken);
  });
  it('nothing is known of a deployment without a definition', () => {
    const unknown = { ...deployment(40, 3), taskDefinition: undefined };
    expect(takenBack([deployment(42, 1), unknown])).toEqual([]);
    expect(takenBack([unknown, deployment(42, 1), unknown])).toEqual([]);
  });
});

describe('releases that others have followed', () => {
  it('say when they completed, if they did', () => {
    const completedAt = secondsLater(-7100);
    const seen = releasesBefore([
      deployment(44, 1),
      { ...deployment(43, 2), completedAt },
      deployment(42, 3),
      deployment(41, 24),
    ]);
    expect(seen[0]).toMatchObject({ completedAt });
    expect(seen[1]).not.toHaveProperty('completedAt');
  });

  const before = (...deployments: ServiceDeployment[]) =>
    releasesBefore(deployments).map(({ at, taskDefinition, until }) => [
      taskDefinition.slice(-2),
      (Date.parse(secondsLater(0)) - Date.parse(at)) / 3_600_000,
      (Date.parse(secondsLater(0)) - Date.parse(until)) / 3_600_000,
    ]);

  it.each<[string, ServiceDeployment[], [string, number, number][]]>([
    ['none are known', [], []],
    ['the present one is the first', [deployment(42, 1), deployment(41, 24)], []],
    ['one', [deployment(43, 1), deployment(42, 2), deployment(41, 24)], [['42', 2, 1]]],
    [
      'two, newest first',
      [deployment(44, 1), deployment(43, 2), deployment(42, 3), deployment(41, 24)],
      [
        ['43', 2, 1],
        ['42', 3, 2],
      ],
    ],
    [
      'one that was restarted is ended by the next of another definition',
      [deployment(43, 1), deployment(42, 2), deployment(42, 3), deployment(41, 24)],
      [['42', 3, 1]],
    ],
    [
      'one that is back now was a release before',
      [deployment(42, 1), deployment(43, 2), deployment(42, 3), deployment(41, 24)],
      [
        ['43', 2, 1],
        ['42', 3, 2],
      ],
    ],
    [
      'what ECS takes back is followed by none, and ends the one before',
      [deployment(43, 1, 'ROLLBACK_SUCCESSFUL'), deployment(42, 3), deployment(41, 24)],
      [['42', 3, 1]],
    ],
    [
      'one that did not complete',
      [deployment(43, 1, 'IN_PROGRESS'), deployment(42, 2, 'STOPPED'), deployment(41, 24)],
      [['42', 2, 1]],
    ],
    [
      'one whose definition is not known is none',
      [deployment(43, 1), { ...deployment(42, 2), taskDefinition: undefined }, deployment(41, 24)],
      [],
    ],
  ])('%s', (_, deployments, expected) => {
    expect(before(...deployments)).toEqual(expected);
  });
});
