import type { ServiceEvent } from '@aws-sdk/client-ecs';
import { median } from '../core/median.ts';
import { movementOf } from './ecs-words.ts';

/** Fewer starts than this are no measure. */
const enough = 2;
/** A start that took longer waited for something else: room, an image, a person. Milliseconds. */
const longest = 30 * 60_000;

/**
 * How long tasks of this service lately took from their start until they served, by the service's own events: from "has
 * started" to "has reached a steady state" with nothing else between. Seconds, the median; undefined where fewer than two
 * such starts are known. Source: Amazon ECS developer guide, service event messages (the newest 100 are kept).
 * @param events in any order
 */
export function recentStartSeconds(events: readonly ServiceEvent[]): number | undefined {
  const inOrder = events
    .flatMap(({ createdAt, message = '' }) => {
      const movement = movementOf(message);
      return createdAt && movement ? [{ at: createdAt.getTime(), movement }] : [];
    })
    .toSorted((a, b) => a.at - b.at);
  // The steady state of a deployment or a scale-in waits for tasks that drain.
  const took = inOrder.flatMap(({ at, movement }, place) => {
    const next = inOrder[place + 1];
    return movement === 'starts' && next?.movement === 'steady' ? [next.at - at] : [];
  });
  const starts = took.filter((milliseconds) => milliseconds <= longest);
  const middle = median(starts);
  return starts.length < enough || middle === undefined ? undefined : Math.round(middle / 1000);
}
