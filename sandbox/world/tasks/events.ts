/** Service events with the texts of ECS (Amazon ECS service event messages). */

import { randomText } from '../model/random.ts';
import type { ServiceState, Task } from '../model/state.ts';

/** ECS keeps the newest 100. */
const KEPT = 100;

/** Adds the event `(service NAME) TEXT`, unless `prefix` replaces the part in brackets. */
export function addEvent(
  state: ServiceState,
  text: string,
  prefix = `(service ${state.settings.name})`,
): void {
  const hex = randomText(state.random.ids, '0123456789abcdef', 32);
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  state.events.unshift({ id, at: state.time, message: `${prefix} ${text}` });
  if (state.events.length > KEPT) state.events.length = KEPT;
}

/** `(task a) (task b)`, as in the texts about several tasks. */
function taskNames(tasks: readonly Task[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}

export const eventTexts = {
  started: (tasks: readonly Task[]) => `has started ${tasks.length} tasks: ${taskNames(tasks)}.`,
  stopped: (tasks: readonly Task[]) => `has stopped ${tasks.length} running tasks: ${taskNames(tasks)}.`,
  draining: (tasks: readonly Task[]) => `has begun draining connections on ${tasks.length} tasks.`,
  registered: (count: number, arn: string) => `registered ${count} targets in (target-group ${arn})`,
  deregistered: (count: number, arn: string) => `deregistered ${count} targets in (target-group ${arn})`,
  unhealthy: (task: Task, arn: string | undefined) =>
    arn === undefined
      ? `(task ${task.id}) failed container health checks.`
      : `(task ${task.id}) is unhealthy in (target-group ${arn}) due to (reason Health checks failed).`,
  steady: 'has reached a steady state.',
  cannotStart:
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  cannotPlace:
    "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  completed: (id: string) => `(deployment ${id}) deployment completed.`,
  failed: (id: string) => `(deployment ${id}) deployment failed: tasks failed to start.`,
  rollingBack: (id: string) => `rolling back to deployment ${id}.`,
};
