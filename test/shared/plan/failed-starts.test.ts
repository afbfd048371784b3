import { describe, expect, it } from '@jest/globals';
import type { EventKind, StoppedTasks } from '../../../shared/document/assessment.ts';
import { because } from '../../../shared/format/reasons.ts';
import { failedStarts, releaseFails, whyTooFew } from '../../../shared/plan/failed-starts.ts';
import { assessment, now, secondsLater, throttled, view } from '../../support/builders.ts';
import { stopped } from '../../support/clues.ts';

/** What is said of tasks that were asked for since now. */
const said = (stoppedTasks: StoppedTasks[], ...events: [EventKind, string, number?][]) =>
  failedStarts(
    assessment({
      stoppedTasks,
      service: view({
        events: events.map(([kind, message, seconds = 30]) => ({ at: secondsLater(seconds), kind, message })),
      }),
    }),
    now,
  ).map(({ code }) => code);
const at = (seconds: number) => secondsLater(seconds);

describe('new tasks cannot start', () => {
  it.each<[string, StoppedTasks[], [EventKind, string, number?][]]>([
    ['two that never started', [stopped('no image', 2, 'never-started', at(5))], []],
    ['asked for at that very moment', [stopped('no image', 2, 'never-started', now)], []],
    ['two that did not stay', [stopped('exit code: 1', 2, 'ran-and-failed', at(5))], []],
    ['two that ran out of memory at once', [stopped('OutOfMemoryError', 2, 'out-of-memory', at(5))], []],
    [
      'two for different reasons',
      [stopped('no image', 1, 'never-started', at(5)), stopped('exit code: 1', 1, 'ran-and-failed', at(6))],
      [],
    ],
    [
      'one, and one that ECS could not place',
      [stopped('no image', 1, 'never-started', at(5))],
      [['cannot-place', 'was unable to place']],
    ],
    [
      'ECS could not place some, twice',
      [],
      [
        ['cannot-place', 'a'],
        ['cannot-place', 'a', 90],
      ],
    ],
    [
      'ECS could not place some, at that very moment',
      [],
      [
        ['cannot-place', 'a', 0],
        ['cannot-place', 'b', 0],
      ],
    ],
    ['ECS gives up', [], [['cannot-start', 'is unable to consistently start']]],
  ])('%s', (_, stops, events) => {
    expect(said(stops, ...events)).not.toEqual([]);
  });

  it.each<[string, StoppedTasks[], [EventKind, string, number?][]]>([
    ['nothing', [], []],
    ['one start that is tried again', [stopped('no image', 1, 'never-started', at(5))], []],
    ['starts that failed before', [stopped('no image', 9, 'never-started', at(-1))], []],
    ['tasks that were reclaimed', [stopped('Spot', 9, 'reclaimed', at(5))], []],
    [
      'tasks that were too busy for their health checks',
      [stopped('ELB', 9, 'killed-by-health-checks', at(5))],
      [],
    ],
    [
      'a task that died of memory long after its start',
      [stopped('OutOfMemoryError', 2, 'out-of-memory', at(-3600))],
      [],
    ],
    [
      'an event of yesterday',
      [],
      [
        ['cannot-place', 'a', -86_400],
        ['cannot-start', 'b', -86_400],
      ],
    ],
    ['one event that may be over', [], [['cannot-place', 'a']]],
    [
      'other events',
      [],
      [
        ['steady', 'a'],
        ['other', 'b'],
      ],
    ],
  ])('is not said by %s', (_, stops, events) => {
    expect(said(stops, ...events)).toEqual([]);
  });

  it('where ECS gives up, the reason may be older than the run', () => {
    const early = [stopped('no image', 2, 'never-started', at(-60))];
    expect(said(early, ['cannot-start', 'gives up'], ['cannot-place', 'no room', -120])).toEqual([
      'task-stopped',
      'ecs-event',
      'ecs-event',
    ]);
    expect(said(early, ['cannot-place', 'no room'])).toEqual([]);
    // Nobody is told of another day.
    expect(said(early, ['cannot-start', 'gives up'], ['cannot-place', 'no room', -86_400])).toEqual([
      'task-stopped',
      'ecs-event',
    ]);
  });

  it('is said by tasks of the present definition only: what a release that is undone ran says nothing', () => {
    const of = (taskDefinition: string) => [
      { ...stopped('exit code: 1', 3, 'ran-and-failed', at(5)), taskDefinition },
    ];
    const arn = 'arn:aws:ecs:ap-southeast-1:123456789012:task-definition/';
    expect(said(of(`${arn}shop:43`))).toEqual([]);
    expect(said(of(`${arn}${view().taskDefinition}`))).toEqual(['task-stopped']);
    const service = throttled;
    expect(failedStarts(assessment({ stoppedTasks: of(`${arn}shop:43`), service }), now)).toHaveLength(1);
  });

  it("is not said by ECS's event where only tasks of an undone release failed", () => {
    const of = (taskDefinition: string) => ({
      ...stopped('exit code: 1', 2, 'ran-and-failed', at(5)),
      taskDefinition,
    });
    const [undone, present] = [of('shop:43'), of(view().taskDefinition)];
    const gaveUp: [EventKind, string] = ['cannot-start', 'gives up'];
    expect(said([undone], gaveUp)).toEqual([]);
    expect(said([undone, present], gaveUp)).toEqual(['task-stopped', 'ecs-event']);
    expect(said([{ ...undone, kind: 'reclaimed' }], gaveUp)).toEqual(['ecs-event']);
    expect(said([undone], ['cannot-place', 'no room'], ['cannot-place', 'no room'])).toEqual(['ecs-event']);
  });

  it('is said by tasks of the definition before while a deployment awaits an action', () => {
    const before = { ...stopped('exit code: 1', 2, 'ran-and-failed', at(5)), taskDefinition: 'shop:41' };
    const told = (part: object) =>
      failedStarts(assessment({ stoppedTasks: [before], service: view(part) }), now).length;
    expect([told({ pause: { hookId: 'hook' } }), told({})]).toEqual([1, 0]);
  });

  it('is said of the present deployment only where ECS gives up', () => {
    const given = (kind: EventKind, deployedAt: string | undefined) =>
      failedStarts(
        assessment({
          service: view({
            ...(deployedAt === undefined ? {} : { deployedAt }),
            events: [30, 40].map((seconds) => ({ at: at(seconds), kind, message: 'a' })),
          }),
        }),
        now,
      ).length;
    expect([
      given('cannot-start', at(40)),
      given('cannot-start', at(39)),
      given('cannot-start', undefined),
    ]).toEqual([0, 1, 1]);
    // Room that is missing is missing for every deployment.
    expect(given('cannot-place', at(41))).toBe(1);
  });

  it('tells no reason from before', () => {
    const stoppedTasks = [
      stopped('no image', 2, 'never-started', at(5)),
      stopped('exit code: 1', 9, 'ran-and-failed', at(-1)),
    ];
    expect(failedStarts(assessment({ stoppedTasks }), now)).toEqual([
      because('task-stopped', { reason: 'no image', count: 2 }),
    ]);
  });

  it('is told of tasks also where the service is unknown', () => {
    const stoppedTasks = [stopped('no image', 2, 'never-started', at(5))];
    expect(failedStarts(assessment({ stoppedTasks, service: throttled }), now)).toHaveLength(1);
  });

  it('tells each reason once, and five at most', () => {
    const place = "was unable to place a task. Reason: You've reached the limit on the number of vCPUs";
    const event = (seconds: number) => ({ at: at(seconds), kind: 'cannot-place' as const, message: place });
    const service = view({ events: [event(30), event(60)] });
    expect(failedStarts(assessment({ service }), now)).toEqual([because('ecs-event', { message: place })]);
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((reason) => stopped(reason, 1, 'never-started', now));
    expect(failedStarts(assessment({ stoppedTasks: many }), now)).toHaveLength(5);
  });
});

describe('the tasks of a fresh release do not stay', () => {
  const releasedAt = at(-300);
  const failing = (count: number, part: Partial<StoppedTasks> = {}) => ({
    ...stopped('exit code: 1', count, 'ran-and-failed', at(-60)),
    taskDefinition: view().taskDefinition,
    ...part,
  });
  const told = (stoppedTasks: StoppedTasks[], part: object = {}) =>
    releaseFails(
      assessment({
        stoppedTasks,
        service: view({ releasedAt, rollout: 'in-progress', running: 5, ...part }),
      }),
    );

  it.each<[string, StoppedTasks[], object, number | undefined]>([
    ['three while it is being deployed', [failing(3)], {}, 3],
    ['for several reasons together', [failing(1), failing(2, { kind: 'never-started' })], {}, 3],
    ['two are tried again', [failing(2)], {}, undefined],
    ['two where none runs', [failing(2)], { running: 0 }, 2],
    ['one where none runs', [failing(1)], { running: 0 }, undefined],
    ['as many as run, once it is deployed', [failing(5)], { rollout: 'steady' }, 5],
    ['fewer than run, once it is deployed', [failing(5)], { rollout: 'steady', running: 6 }, undefined],
    ['asked for at its very beginning', [failing(3, { asked: [at(-300), at(-300), at(-300)] })], {}, 3],
    ['asked for before it', [failing(3, { asked: [at(-301), at(-301), at(-301)] })], {}, undefined],
    ['of another definition', [failing(3, { taskDefinition: 'shop:41' })], {}, undefined],
    ['that were taken away', [failing(3, { kind: 'reclaimed' })], {}, undefined],
    ['too busy for their health checks', [failing(3, { kind: 'killed-by-health-checks' })], {}, undefined],
    ['of no fresh release', [failing(9)], { releasedAt: undefined }, undefined],
  ])('%s', (_, stops, part, count) => {
    expect(told(stops, part)).toEqual(
      count === undefined ? undefined : because('release-fails', { stopped: count }),
    );
  });

  it('is not told where the service is unknown', () => {
    expect(releaseFails(assessment({ stoppedTasks: [failing(3)], service: throttled }))).toBeUndefined();
  });
});

describe('why fewer tasks run than are wanted', () => {
  const of = (taskDefinition: string, count: number, seconds: number) => ({
    ...stopped('no secret', count, 'never-started', at(seconds)),
    taskDefinition,
  });
  const told = (...stoppedTasks: StoppedTasks[]) => whyTooFew(assessment({ stoppedTasks }), now);

  // Seed 208874: ECS rolled a release back whose tasks did not start, and the deadline passed before those of before ran.
  it('says what failed of a definition that the service has left, which speaks against no other', () => {
    const stops = of('shop:43', 4, 5);
    expect(told(stops)).toEqual([
      because('earlier-definition-failed', { reason: 'no secret', count: 4, taskDefinition: 'shop:43' }),
    ]);
    expect(failedStarts(assessment({ stoppedTasks: [stops] }), now)).toEqual([]);
  });

  it('says nothing of what was asked for before', () => {
    expect(told(of('shop:43', 4, -5))).toEqual([]);
  });

  it('is no long list, though ECS gives each task a text of its own', () => {
    const texts = Array.from({ length: 9 }, (_, number) => ({
      ...of('shop:43', 1, 5),
      reason: `r${number}`,
    }));
    expect(told(...texts)).toHaveLength(5);
  });

  it('says what else is known: present failures, kills by the load balancer, what could not be read', () => {
    const stoppedTasks = [
      of(view().taskDefinition, 2, 5),
      of('shop:43', 3, 5),
      stopped('ELB', 1, 'killed-by-health-checks', at(5)),
    ];
    const { unknown } = throttled;
    expect(
      whyTooFew(assessment({ stoppedTasks, stoppedTasksUnknown: unknown }), now).map(({ code }) => code),
    ).toEqual(['task-stopped', 'earlier-definition-failed', 'tasks-lost', 'stops-unknown']);
  });
});
