import type { Task } from '@aws-sdk/client-ecs';
import { expect, it } from '@jest/globals';
import { eventKind, stopKind, unwanted } from '../../../shared/aws/ecs-words.ts';
import type { StopKind } from '../../../shared/document/assessment.ts';

const startedAt = new Date('2026-10-02T17:00:00Z');
const exited: Task = { stopCode: 'EssentialContainerExited', startedAt };
const stopped: Task = { stopCode: 'ServiceSchedulerInitiated', startedAt };

it.each<[Task, StopKind]>([
  [{ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError' }, 'never-started'],
  [{ stopCode: 'TaskFailedToStart', startedAt }, 'never-started'],
  [{ stopCode: 'EssentialContainerExited' }, 'never-started'],
  [{}, 'never-started'],
  [{ ...exited, stoppedReason: 'Essential container in task exited' }, 'ran-and-failed'],
  [{ ...exited, stoppedReason: 'Essential container exited, exit code: 1' }, 'ran-and-failed'],
  [{ ...exited, stoppedReason: 'OutOfMemoryError: container killed' }, 'out-of-memory'],
  [{ ...exited, stoppedReason: 'Essential container exited, exit code: 137' }, 'out-of-memory'],
  [{ stopCode: 'TaskFailedToStart', stoppedReason: 'OutOfMemoryError: killed' }, 'out-of-memory'],
  [
    { stopCode: 'SpotInterruption', startedAt, stoppedReason: 'Your Spot Task was interrupted.' },
    'reclaimed',
  ],
  [{ stopCode: 'TerminationNotice', startedAt }, 'reclaimed'],
  [{ ...stopped, stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)' }, 'scaled-in'],
  [stopped, 'scaled-in'],
  [{ stopCode: 'UserInitiated', startedAt, stoppedReason: 'health check drill' }, 'scaled-in'],
  [
    { ...stopped, stoppedReason: 'Task failed ELB health checks in (target-group arn)' },
    'killed-by-health-checks',
  ],
  [{ ...stopped, stoppedReason: 'Task failed container health checks' }, 'killed-by-health-checks'],
])('a stopped task %j: %s', (task, kind) => {
  expect(stopKind(task)).toBe(kind);
});

it('counts as lost what nobody asked to stop', () => {
  const kinds: StopKind[] = ['never-started', 'ran-and-failed', 'out-of-memory', 'reclaimed'];
  expect([...kinds, 'killed-by-health-checks' as const].every(unwanted)).toBe(true);
  expect(unwanted('scaled-in')).toBe(false);
});

it.each([
  ["(service api) was unable to place a task. Reason: You've reached the limit on vCPUs.", 'cannot-place'],
  ['(service api) is unable to consistently start tasks successfully.', 'cannot-start'],
  ['(service api) operations are being throttled on ELB. Will try again later.', 'throttled'],
  ['(service api) has reached a steady state.', 'steady'],
  ['(service api) has started 3 tasks: (task 1).', 'other'],
  ['', 'other'],
])('the service event "%s": %s', (message, kind) => {
  expect(eventKind(message)).toBe(kind);
});
