import { type LocalFunction, type LocalSurroundings, localFunctions } from '../../sandbox/functions.ts';
import type { Buckets } from './limits.ts';

/** A call of Lambda takes up to this long to begin; without it every run would keep in step with the buckets. */
const longestStartMilliseconds = 100;

/**
 * Lambda's concurrency, its containers, and Step Functions' state transitions, which it slows down rather than refuses.
 * A container serves one call at a time and has clients of its own: the SDK's budget of repetitions is theirs.
 */
export function limitedLambda(
  surroundings: LocalSurroundings,
  random: () => number,
  buckets: Buckets,
  most: number,
) {
  const first = localFunctions(surroundings);
  const idle = [first];
  let containers = 1;
  let running = 0;
  let busiest = 0;
  let owed = 0;
  const entries = Object.keys(first).map((name): [string, LocalFunction] => [
    name,
    async (event, context) => {
      const late = owed + Math.ceil(random() * longestStartMilliseconds);
      await new Promise((resolve) => setTimeout(resolve, late));
      if (running >= most) {
        throw Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
      }
      running += 1;
      busiest = Math.max(busiest, running);
      const container = idle.pop() ?? localFunctions({ ...surroundings, container: containers++ });
      try {
        return await container[name]?.(event, context);
      } finally {
        idle.push(container);
        running -= 1;
      }
    },
  ]);
  return {
    functions: Object.fromEntries(entries),
    entered: () => {
      owed = buckets.owe('state transitions');
    },
    busiest: () => busiest,
  };
}
