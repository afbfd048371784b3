import { listAt, numberAt, textAt, textsAt, valueAt } from '../facts/values.ts';
import type { Recording } from '../record/recording.ts';
import { type Checker, clock, documentOf, each } from './checker.ts';

/** What is wrong with a decision to add tasks, given the assessment that it was made on, and the run's one before. */
type Fault = (
  assessment: unknown,
  plan: unknown,
  document: unknown,
  assessedBefore: unknown,
) => string | undefined;

/** Checks every decision to add tasks. */
function additions(name: string, faultOf: Fault): Checker {
  return {
    name,
    check: (recording) =>
      each(scaleOuts(recording), ({ document, result, startedAt, assessedBefore }) => {
        const fault = faultOf(valueAt(document, 'assessment'), result, document, assessedBefore);
        const [from, to] = [numberAt(result, 'desired', 'from'), numberAt(result, 'desired', 'to')];
        return fault && `${clock(startedAt)} ${from} → ${to} is planned, but ${fault}`;
      }),
  };
}

const scaleOuts = ({ invocations }: Recording) =>
  invocations
    .filter((one) => one.function === 'plan' && textAt(one.result, 'action') === 'scale-out')
    .map((one) => ({
      document: documentOf(one),
      result: one.result,
      startedAt: one.startedAt,
      assessedBefore: invocations
        .filter(
          ({ function: name, execution, id }) =>
            name === 'assess' && execution === one.execution && id < one.id,
        )
        .at(-2)?.result,
    }));

/** Scenario 9: once everything is ok again, nothing is raised, unless the traffic has grown since a run scaled out. */
export const okRaisesNothing = additions('9 ok raises nothing', (assessment, _plan, document, before) => {
  const metrics = valueAt(assessment, 'metrics');
  const levels = Object.keys(metrics ?? {}).map((name) => textAt(metrics, name, 'level'));
  // An alert of Prometheus is ahead of CloudWatch's points.
  const ahead = textAt(document, 'request', 'firingSince') !== undefined;
  const rate = (of: unknown) => numberAt(of, 'metrics', 'requestRatePerMinute', 'value') ?? NaN;
  const grown = textAt(document, 'plan', 'action') === 'scale-out' && rate(assessment) > rate(before);
  return !ahead && !grown && levels.every((level) => level === 'ok') ? 'every metric is ok' : undefined;
});

/** Scenario 16: where tasks keep failing, no more are added. */
export const failingAddsNothing = additions('16 failing tasks get no company', (assessment) => {
  const stopped = listAt(assessment, 'stoppedTasks').reduce<number>(
    (sum, task) => sum + (numberAt(task, 'count') ?? 0),
    0,
  );
  const failed = Math.max(stopped, numberAt(assessment, 'service', 'failedTasks') ?? 0);
  // Tasks that ran out of memory under load did start, and more of them share the load.
  const starved = textAt(assessment, 'cause', 'name') === 'memory-pressure';
  return failed >= 2 && !starved ? `${failed} tasks have failed` : undefined;
});

/** Scenario 35: an exhausted pool is relieved first. */
export const poolFirst = additions('35 pool first', (assessment) => {
  const exhausted = ['dbPoolPercent', 'pgbouncerPoolPercent'].find(
    (name) => textAt(assessment, 'metrics', name, 'level') === 'critical',
  );
  return exhausted && `${exhausted} is critical`;
});

/** Scenario 36: a dependency that has failed is not answered with tasks. */
export const dependencyFirst = additions('36 dependency first', (assessment) => {
  const cause = valueAt(assessment, 'cause');
  return textAt(cause, 'name') === 'upstream-failure' && textAt(cause, 'confidence') !== 'low'
    ? `the cause is ${textsAt(cause, 'evidence').join('; ')}`
    : undefined;
});

/** Scenario 37: what the API's own health check calls down is reported as the cause. */
export const downIsNamed: Checker = {
  name: '37 what is down is named',
  check(recording) {
    const down = (result: unknown) => [
      ...listAt(result, 'health', 'api', 'down'),
      ...listAt(result, 'health', 'mcp', 'down'),
    ];
    const assessments = recording.invocations.filter(
      (one) => one.function === 'assess' && down(one.result).length > 0,
    );
    return each(assessments, ({ result, startedAt }) => {
      const name = textAt(result, 'cause', 'name');
      // Other causes may be stronger; without one, this is it.
      return name === 'unclear' || name === 'slow-queries'
        ? `${clock(startedAt)} ${down(result).join(', ')} is down, and the cause is called ${name}`
        : undefined;
    });
  },
};

const reasonOf: Record<string, RegExp> = {
  'start-failure': /CannotPullContainer|ResourceInitialization/,
  'no-capacity': /vCPU/,
};

/** Scenarios 14 and 15: a run that waited for tasks in vain says why they did not start, or that it could not be read. */
export const vainWaitExplained: Checker = {
  name: '14 tasks that cannot start are explained',
  check(recording) {
    const { troubles } = recording.incident;
    const failed = recording.invocations.filter(
      ({ function: name, event, result }) =>
        name === 'wait-verify' &&
        textAt(event, 'goal') === 'recovered' &&
        textAt(result, 'state') === 'failed' &&
        tooFew(listAt(result, 'reasons')),
    );
    const judged = failed.flatMap((one) => {
      // What is over by now, or began after the tasks were asked for, may not be the reason.
      const scaled = recording.invocations.findLast(
        (other) => other.function === 'scale-out' && other.execution === one.execution && other.id < one.id,
      );
      const [since, now] = [scaled?.startedAt ?? 0, one.startedAt].map(
        (moment) => (moment - recording.startedAt) / 1000,
      );
      const active = troubles.filter(({ from, until }) => from <= (since ?? 0) && (now ?? 0) < until);
      const [only, ...others] = active.flatMap(({ kind }) => reasonOf[kind] ?? []);
      return only && others.length === 0 ? [{ ...one, only }] : [];
    });
    return each(judged, ({ result, only, startedAt }) =>
      only.test(textsAt(result, 'reasons').join()) ||
      listAt(result, 'reasons').some((reason) => textAt(reason, 'code') === 'stops-unknown')
        ? undefined
        : `${clock(startedAt)} it does not say why: ${textsAt(result, 'reasons').join('; ')}`,
    );
  },
};

const tooFew = (reasons: readonly unknown[]): boolean =>
  reasons.some((reason) => (numberAt(reason, 'running') ?? 0) < (numberAt(reason, 'wanted') ?? 0));
