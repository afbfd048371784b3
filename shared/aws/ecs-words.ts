import type { Task } from '@aws-sdk/client-ecs';
import { oneLine } from '../core/plain-text.ts';
import type { EventKind, StopKind } from '../document/assessment.ts';

/** The one place that reads what ECS writes for people: beyond these words it tells nowhere what happened. */

const steady = /has reached a steady state/;

/** Source: Amazon ECS developer guide, service event messages. */
const eventWords: readonly [RegExp, EventKind][] = [
  [/unable to place/, 'cannot-place'],
  [/unable to consistently start/, 'cannot-start'],
  [/operations are being throttled/, 'throttled'],
  [steady, 'steady'],
];

export const eventKind = (message: string): EventKind =>
  eventWords.find(([words]) => words.test(message))?.[1] ?? 'other';

/** What the events of a service say of tasks that come and go. */
type Movement = 'starts' | 'steady' | 'goes';

const movements: readonly [RegExp, Movement][] = [
  [/has started \d+ tasks?/, 'starts'],
  [steady, 'steady'],
  // A deployment, or a scale-in.
  [/has stopped \d+|has begun draining|deregistered \d+ targets/, 'goes'],
];

export const movementOf = (message: string): Movement | undefined =>
  movements.find(([words]) => words.test(message))?.[1];

const outOfMemory = /OutOfMemory|exit code: 137/i;
const healthChecks = /health checks?\b/i;

/**
 * Why a task stopped, by its stop code, whether it ever ran, and its reason. Source: ECS API, Task; Amazon ECS
 * developer guide, stopped tasks error messages.
 */
export function stopKind(task: Pick<Task, 'stopCode' | 'startedAt' | 'stoppedReason'>): StopKind {
  const { stopCode, startedAt, stoppedReason = '' } = task;
  if (stopCode === 'UserInitiated') return 'scaled-in';
  if (stopCode === 'ServiceSchedulerInitiated')
    return healthChecks.test(stoppedReason) ? 'killed-by-health-checks' : 'scaled-in';
  if (outOfMemory.test(stoppedReason)) return 'out-of-memory';
  if (stopCode === 'SpotInterruption' || stopCode === 'TerminationNotice') return 'reclaimed';
  return stopCode === 'TaskFailedToStart' || !startedAt ? 'never-started' : 'ran-and-failed';
}

/** Whether such a stop is lost capacity: nobody asked for fewer tasks. */
export const unwanted = (kind: StopKind): boolean => kind !== 'scaled-in';

/** ECS's own words for why a task stopped. */
export const stopReason = ({ stopCode, stoppedReason }: Pick<Task, 'stopCode' | 'stoppedReason'>): string =>
  `${stopCode ?? 'unknown'}: ${oneLine(stoppedReason ?? '', 200) || 'no reason given'}`;
