import { listAt, numberAt, textAt, valueAt } from '../facts/values.ts';
import { type Checker, clock, each } from './checker.ts';

/** Scenario 46: tasks that the load balancer's health check had stopped are counted as that. */
export const killsAreNamed: Checker = {
  name: '46 kills are named',
  check: ({ invocations }) =>
    each(
      invocations.flatMap(({ function: name, result, startedAt }) =>
        name === 'assess'
          ? listAt(result, 'stoppedTasks')
              .filter((stopped) => /health checks?\b/i.test(textAt(stopped, 'reason') ?? ''))
              .map((stopped) => ({ stopped, startedAt }))
          : [],
      ),
      ({ stopped, startedAt }) =>
        textAt(stopped, 'kind') === 'killed-by-health-checks'
          ? undefined
          : `${clock(startedAt)} ${numberAt(stopped, 'count')} tasks that a health check killed count as ${textAt(stopped, 'kind')}`,
    ),
};

/** Scenario 55: a way back that AWS could not take, or that would cut the count at once, is put before nobody. */
export const plansCanBeCarriedOut: Checker = {
  name: '55 plans can be carried out',
  check: ({ invocations }) =>
    each(
      invocations.filter(
        ({ function: name, event, result }) =>
          name === 'plan' && textAt(event, 'direction') === 'in' && textAt(result, 'action') === 'scale-in',
      ),
      ({ result, startedAt }) => {
        const bounds = valueAt(result, 'bounds', 'to');
        const max = numberAt(bounds, 'max') ?? Infinity;
        const least = Math.max(numberAt(bounds, 'min') ?? 0, numberAt(result, 'desired', 'to') ?? 0);
        return least <= max ? undefined : `${clock(startedAt)} plans a max of ${max} below ${least}`;
      },
    ),
};
