import { codesAt, listAt, numberAt, textAt, valueAt } from '../facts/values.ts';
import type { Invocation } from '../record/recording.ts';
import { type Checker, clock, each, kindOf, showsOldAnswers } from './checker.ts';

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

/** Without any of these nobody knows of an action that is awaited. */
const readsDeployments = [
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceRevisions',
  'ecs:DescribeServiceDeployments',
];
/** What a look that finds a deployment says of it. */
const ofDeployments = ['deployment-running', 'deployment-awaits-action'];

/** Scenario 62: a look for calm that finds a deployment which awaits an action says that it does. */
export const pausesAreSaid: Checker = {
  name: '62 pauses are said',
  check: (recording) => {
    // Who is shown an old answer, or does not wait that long for one, cannot know.
    const kept =
      showsOldAnswers(recording) ||
      recording.incident.faults.some(
        (fault) =>
          fault.kind === 'wire' && fault.what.kind === 'delay' && readsDeployments.includes(fault.call),
      );
    return each(
      recording.invocations.filter(
        ({ function: name, event, result, awaitsAction, operations }) =>
          !kept &&
          awaitsAction === true &&
          name === 'wait-verify' &&
          textAt(event, 'goal') === 'calm' &&
          codesAt(result, 'reasons').some((code) => ofDeployments.includes(code ?? '')) &&
          !operations.some((one) => one.error && readsDeployments.includes(one.name)),
      ),
      ({ result, startedAt }) =>
        codesAt(result, 'reasons').includes('deployment-awaits-action')
          ? undefined
          : `${clock(startedAt)} not a word of the action that is awaited`,
    );
  },
};

/** Without any of these nobody knows whether the tasks that run are enough. */
const tellsOfTheUsers = ['cloudwatch:GetMetricData', 'http:get'];

/** Scenario 61: a run that misses one task at its deadline does not fail while the others serve everybody well. */
export const enoughIsEnough: Checker = {
  name: '61 enough is enough',
  check: ({ invocations }) =>
    each(
      invocations.filter(({ function: name, event, result, operations }) => {
        const missing = listAt(result, 'reasons').find(
          (reason) => textAt(reason, 'code') === 'tasks-starting',
        );
        const [running, wanted] = [numberAt(missing, 'running') ?? 0, numberAt(missing, 'wanted') ?? 0];
        const goal = textAt(event, 'goal');
        const unread = operations.some((one) => one.error && tellsOfTheUsers.includes(one.name));
        // Where more are missing, the traffic may need them by the plan's formula, or their starts fail.
        return name === 'wait-verify' && goal === 'recovered' && wanted - running === 1 && !unread;
      }),
      ({ startedAt, id, result }) => {
        if (!isFailed(result)) return undefined;
        const next = invocations.find((one) => one.function === 'assess' && one.id > id);
        const fine = next !== undefined && next.startedAt - startedAt < soon && isFine(next.result);
        return fine
          ? `${clock(startedAt)} tasks are missing, everything is ok, and the run fails`
          : undefined;
      },
    ),
};

const isFailed = (result: unknown): boolean => textAt(result, 'state') === 'failed';

const soon = 10_000;

/** Whether every metric is ok, and both endpoints. */
const isFine = (assessment: unknown): boolean =>
  [
    ...Object.values(Object(valueAt(assessment, 'metrics'))),
    ...Object.values(Object(valueAt(assessment, 'health'))),
  ].every((one) => textAt(one, 'level') === 'ok' || textAt(one, 'level') === 'none');

/** So long at most people wait for what pools or cache say, with what Lambda repeats. Milliseconds. */
const askedFirst = 120_000;

/** Longest from a raise of the pools until it is known whether it has helped, milliseconds. */
const raised = 180_000;

/** Scenarios 36 and 37: what is in the way is told, also where nobody can ask the pools or the cache about it. */
export const inTheWayIsTold: Checker = {
  name: '36 what is in the way is told',
  check({ invocations, stopped }) {
    const plans = invocations.filter(
      ({ function: name, result }) =>
        name === 'plan' &&
        valueAt(result, 'tell') === true &&
        valueAt(result, 'waits') === true &&
        valueAt(result, 'dryRun') !== true,
    );
    const isLastAttempt = ({ id, execution, stateEntry }: Invocation) =>
      !invocations.some((one) => one.id > id && one.execution === execution && one.stateEntry === stateEntry);
    return each(
      plans.filter((plan) => isLastAttempt(plan) && !stopped.has(plan.execution ?? '')),
      ({ execution, startedAt, endedAt = startedAt, result }) => {
        const since = invocations.filter((one) => one.execution === execution && one.startedAt >= endedAt);
        // Whoever raises the pools tells what came of it.
        const tuned = since.find((one) => one.function === 'tune-pools');
        const kinds = tuned ? ['escalated', 'pools-raised', 'held'] : ['escalated'];
        const until = endedAt + askedFirst + (tuned ? raised : 0);
        const told =
          tuned?.error === 'LockLostError' ||
          since.some(
            (one) => one.function === 'notify' && kinds.includes(kindOf(one) ?? '') && one.startedAt <= until,
          );
        return told ? undefined : `${clock(startedAt)} ${textAt(result, 'action')}, and people are not told`;
      },
    );
  },
};
