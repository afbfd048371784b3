import type { Assessment, EventKind, ServiceView, StopKind, StoppedTasks } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import { because } from '../format/reasons.ts';
import { shortDefinition } from '../format/settings.ts';

/** Stops that say of a task that was asked for just now that it could not start, or did not stay. */
const startFailed: readonly StopKind[] = ['never-started', 'ran-and-failed', 'out-of-memory'];
/** Events that say so where ECS makes no task, or gives up making them. */
const cannotStart: readonly EventKind[] = ['cannot-place', 'cannot-start', 'throttled'];
/** As far back as stopped tasks are read, and reasons are told. */
export const stopsMilliseconds = 15 * 60_000;
/** A start that fails once is tried again, and mostly helped. */
const again = 2;
/** People read no longer list: ECS may give each task a text of its own. */
const mostTold = 5;

/** How many of these tasks were asked for at or after that time. */
export const askedSince = ({ asked }: Pick<StoppedTasks, 'asked'>, since: string): number =>
  asked.filter((at) => Date.parse(at) >= Date.parse(since)).length;

/**
 * Why new tasks do not start: what ECS says of tasks that were asked for since, and could not start or did not stay,
 * more than once. A task that was taken away, or one that died long after its start, says nothing about new ones, and
 * nor does what happened before, or to a release that is undone by now. Empty while nothing speaks for it.
 * Source: ECS API, Task; service event messages.
 */
export function failedStarts(assessment: Assessment, since: string): Reason[] {
  const { stops, events } = startsThatFailed(assessment, since);
  const times = stops.reduce((sum, { count }) => sum + count, events.length);
  const lasting = events.some(({ kind }) => kind === 'cannot-start');
  if (times < again && !lasting) return [];
  // Where ECS has given up, the reason may be older than this run.
  const before = Math.min(Date.parse(since), Date.parse(assessment.at) - stopsMilliseconds);
  const told = lasting ? startsThatFailed(assessment, new Date(before).toISOString()) : { stops, events };
  const messages = new Set(told.events.map(({ message }) => message));
  return [
    ...told.stops.map(({ reason, count }) => because('task-stopped', { reason, count })),
    ...[...messages].map((message) => because('ecs-event', { message })),
  ].slice(0, mostTold);
}

/**
 * Why new tasks do not run, for people: starts that failed; tasks that the load balancer takes away as fast as they come,
 * of which ECS says only that it is unable to start any; and what could not be read.
 */
export const whyNoneStart = (failures: readonly Reason[], assessment: Assessment): Reason[] => [
  ...failures,
  ...lostTasks({ stoppedTasks: killedByHealthChecks(assessment) }),
  ...unreadStops(assessment),
];

/**
 * What is known of why fewer tasks run than are wanted: besides starts that failed again and again, those of a definition
 * that the service has left, which took time only; tasks that the load balancer takes away as fast as they come (scenario
 * 46); and what could not be read.
 */
export const whyTooFew = (assessment: Assessment, since: string): Reason[] =>
  whyNoneStart(
    [
      ...failedStarts(assessment, since),
      ...startsThatFailed(assessment, since)
        .undone.slice(0, mostTold)
        .map(({ reason, count, taskDefinition = '' }) =>
          because('earlier-definition-failed', { reason, count, taskDefinition }),
        ),
    ],
    assessment,
  );

/** Starts that failed of tasks that were asked for since, and what ECS said since of starts. */
function startsThatFailed({ service, stoppedTasks }: Assessment, since: string) {
  const failed = stoppedTasks.filter(({ kind }) => startFailed.includes(kind));
  const undone = failed.filter((stop) => isUndone(stop, service));
  const stops = countedSince(
    failed.filter((stop) => !undone.includes(stop)),
    since,
  );
  // Tasks of a release that is undone may still stop: where no others failed, ECS's giving up is about those.
  const gaveUpOnUndone = stops.length === 0 && undone.length > 0;
  const events = ('events' in service ? service.events : []).filter(
    (event) =>
      cannotStart.includes(event.kind) &&
      Date.parse(event.at) >= Date.parse(since) &&
      !isOfEarlierDeployment(event, service) &&
      !(event.kind === 'cannot-start' && gaveUpOnUndone),
  );
  return { stops, undone: countedSince(undone, since), events };
}

const countedSince = (stopped: readonly StoppedTasks[], since: string) =>
  stopped.map((stop) => ({ ...stop, count: askedSince(stop, since) })).filter(({ count }) => count > 0);

/** So many failed tasks let ECS's own circuit breaker end a deployment; where none runs, two say as much. */
const enoughOfRelease = 3;

/**
 * Says so where the tasks of a fresh release do not start, or do not stay: while it is being deployed, or where no more of
 * them run than have failed. Whatever else goes on, more of them help nobody. Undefined while nothing speaks for it.
 * Source: Amazon ECS developer guide, deployment circuit breaker.
 */
export function releaseFails({ service, stoppedTasks }: Assessment): Reason | undefined {
  if (!('releasedAt' in service) || !service.releasedAt) return undefined;
  const { releasedAt, taskDefinition, running, rollout } = service;
  const stopped = stoppedTasks
    .filter((stop) => startFailed.includes(stop.kind) && stop.taskDefinition === taskDefinition)
    .reduce((sum, stop) => sum + askedSince(stop, releasedAt), 0);
  const enough = running === 0 ? again : enoughOfRelease;
  const lasts = rollout === 'steady' && running > stopped;
  return stopped >= enough && !lasts ? because('release-fails', { stopped }) : undefined;
}

/**
 * Whether a task ran what the service has gone back from: ECS starts no more of those. While a deployment awaits an action
 * it is the definition before that is started.
 */
const isUndone = (stop: StoppedTasks, service: Assessment['service']): boolean =>
  'taskDefinition' in service && service.pause === undefined && ranAnother(stop, service);

/** Whether a task ran another definition than the one that the service has. */
export const ranAnother = (
  { taskDefinition: ran }: Pick<StoppedTasks, 'taskDefinition'>,
  { taskDefinition }: Pick<ServiceView, 'taskDefinition'>,
): boolean => ran !== undefined && shortDefinition(ran) !== shortDefinition(taskDefinition);

/** Whether ECS gave up on tasks of a deployment before the present one: that one is tried anew. */
const isOfEarlierDeployment = (
  { kind, at }: ServiceView['events'][number],
  service: Assessment['service'],
): boolean =>
  kind === 'cannot-start' &&
  'deployedAt' in service &&
  service.deployedAt !== undefined &&
  Date.parse(at) <= Date.parse(service.deployedAt);

/** What was lost lately without anybody having asked for it: evidence, and no reason to add nothing. */
export const lostTasks = ({ stoppedTasks }: Pick<Assessment, 'stoppedTasks'>): Reason[] =>
  stoppedTasks.map(({ kind, count, reason }) => because('tasks-lost', { kind, count, reason }));

/** The tasks that the load balancer's health checks took away. */
export const killedByHealthChecks = ({ stoppedTasks }: Pick<Assessment, 'stoppedTasks'>): StoppedTasks[] =>
  stoppedTasks.filter(({ kind }) => kind === 'killed-by-health-checks');

/** Says so where the stopped tasks, and with them the reasons, could not be read. */
export const unreadStops = ({ stoppedTasksUnknown: why }: Assessment): Reason[] =>
  why ? [because('stops-unknown', { why: why.text })] : [];
