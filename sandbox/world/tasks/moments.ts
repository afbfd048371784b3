/** What happens to a service at one moment: deployments that others start, and tasks that are taken away. */

import type { ServiceState } from '../model/state.ts';
import type { Trouble } from '../model/trouble.ts';
import { primaryOf, startDeployment } from './deployments.ts';
import { beginStop, OUT_OF_MEMORY } from './lifecycle.ts';

/** Does what the troubles of this second say. */
export function happenOnTime(state: ServiceState): void {
  const seconds = (state.time - state.start) / 1000;
  for (const trouble of state.settings.troubles) {
    if (trouble.from === seconds) happen(state, trouble);
  }
}

function happen(state: ServiceState, trouble: Trouble): void {
  if (trouble.kind === 'deployment') startDeployment(state, `${familyOf(state)}:${trouble.revision}`);
  if (trouble.kind === 'restart') startDeployment(state, primaryOf(state).taskDefinition);
  if (trouble.kind === 'spot-reclaim') {
    takeAway(state, trouble.tasks, 'SpotInterruption', 'Your Spot Task was interrupted.');
  }
  if (trouble.kind === 'out-of-memory') {
    takeAway(state, trouble.tasks, 'EssentialContainerExited', OUT_OF_MEMORY);
  }
}

const familyOf = (state: ServiceState): string => state.settings.taskDefinition.replace(/:[0-9]+$/, '');

/** Stops the tasks that have run longest, at most `count`. The scheduler replaces them. */
function takeAway(state: ServiceState, count: number, stopCode: string, reason: string): void {
  const running = state.tasks.filter((task) => task.lastStatus === 'RUNNING');
  for (const task of running.slice(0, count)) beginStop(state, task, stopCode, reason);
}
