import { codesAt, listAt, numberAt, textAt, textsAt, valueAt } from '../facts/values.ts';
import { isOf, unstableRevisions } from '../generate/revisions.ts';
import type { Invocation, Recording } from '../record/recording.ts';
import {
  type Checker,
  clock,
  documentOf,
  each,
  productWrites,
  showsOldAnswers,
  statesOf,
} from './checker.ts';

/** What is wrong with a decision to add tasks, given the assessment that it was made on, and the run's one before. */
type Fault = (
  assessment: unknown,
  plan: unknown,
  document: unknown,
  assessedBefore: unknown,
  recording: Recording,
) => string | undefined;

/** Checks every decision to add tasks. */
function additions(name: string, faultOf: Fault): Checker {
  return {
    name,
    check: (recording) =>
      each(scaleOuts(recording), ({ document, result, startedAt, assessedBefore }) => {
        const fault = faultOf(valueAt(document, 'assessment'), result, document, assessedBefore, recording);
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
  // What a plan did not know it can only be ahead of by chance.
  const grown = textAt(document, 'plan', 'action') === 'scale-out' && !(rate(assessment) <= rate(before));
  // A person's word is enough.
  const asked =
    valueAt(document, 'request', 'scaleOut') === true && textAt(document, 'request', 'source') === 'console';
  return !ahead && !grown && !asked && levels.every((level) => level === 'ok')
    ? 'every metric is ok'
    : undefined;
});

/**
 * Scenario 16: where tasks that were asked for during the run keep failing, no more are added; nor where tasks that an
 * earlier run of the incident asked for are still missing.
 */
export const failingAddsNothing = additions(
  '16 failing tasks get no company',
  (assessment, _plan, document, _before, recording) => {
    const received = Date.parse(textAt(document, 'request', 'receivedAt') ?? '');
    const service = (name: string) => numberAt(assessment, 'service', name) ?? 0;
    const began = service('running') < service('desired') ? firstWrite(recording, document) : received;
    const failed = listAt(assessment, 'stoppedTasks')
      .filter((task) => /never-started|ran-and-failed|out-of-memory/.test(textAt(task, 'kind') ?? ''))
      .filter((task) =>
        [undefined, textAt(assessment, 'service', 'taskDefinition')].includes(textAt(task, 'taskDefinition')),
      )
      .flatMap((task) => listAt(task, 'asked'))
      .filter((asked) => Date.parse(String(asked)) >= Math.min(began, received)).length;
    return failed >= 2 ? `${failed} tasks that were asked for since have failed` : undefined;
  },
);

/** When the incident of a document was first written for. */
function firstWrite(recording: Recording, document: unknown): number {
  const incident = (of: unknown) => textAt(of, 'incident', 'id');
  const own = productWrites(recording).find(
    ({ invocation }) => incident(documentOf(invocation)) === incident(document),
  );
  return own?.at ?? Infinity;
}

/** Troubles that keep new tasks from starting, or from staying. */
const keepsFromStarting =
  /^(start-failure|no-capacity|crash-loop|memory-leak|out-of-memory|load-balancer-kills|api-down)$/;

/** ECS waits up to 15 minutes before it tries again what could not start. Source: ECS developer guide, service throttle logic. */
const triedAgain = (kind: string) =>
  /^(start-failure|no-capacity|crash-loop|api-down)$/.test(kind) ? 900_000 : 0;

/** Whether the service was to run the release whose tasks do not stay, or ECS showed that it was. */
const aimsAtBroken = (recording: Recording, { taskDefinition, awaitsAction }: Invocation): boolean =>
  isOf(unstableRevisions, taskDefinition) ||
  // While the newest deployment awaits an action, the one before it starts tasks; or ECS shows an older one.
  (recording.incident.troubles.some(
    (one) => one.kind === 'deployment' && unstableRevisions.includes(one.revision),
  ) &&
    (awaitsAction === true || showsOldAnswers(recording)));

/**
 * Scenarios 41 and 44: a run that holds because tasks cannot start is right; those of a release that ECS has rolled back
 * say nothing of the others.
 */
export const onlyFailingStartsHold: Checker = {
  name: '41 only failing starts hold a run',
  check(recording) {
    const said = recording.invocations.filter(
      ({ function: name, result }) =>
        (name === 'plan' || name === 'wait-verify') &&
        codesAt(result, 'reasons').some((code) => code === 'tasks-cannot-start' || code === 'new-tasks-fail'),
    );
    return each(said, (invocation) => {
      const began = Date.parse(textAt(documentOf(invocation), 'request', 'receivedAt') ?? '');
      const kept = recording.incident.troubles.some(
        ({ kind, until }) =>
          keepsFromStarting.test(kind) && recording.startedAt + until * 1000 >= began - triedAgain(kind),
      );
      return kept || aimsAtBroken(recording, invocation)
        ? undefined
        : `${clock(invocation.startedAt)} tasks are said not to start, and nothing kept them from it`;
    });
  },
};

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

/** Why no task is added, where that may end by itself. */
const passing = ['dependency-failed', 'database-slow', 'pool-first'];

/** Scenarios 35 and 36: what stands in the way and may end by itself is waited for, as long as a run watches. */
export const passingIsAwaited: Checker = {
  name: '36 what may pass is awaited',
  check({ invocations, executions, config }) {
    const { deadlineSeconds, intervalSeconds } = config.timing.watch;
    const plans = invocations.filter(
      ({ function: name, event, result }) =>
        name === 'plan' && textAt(event, 'direction') === 'out' && result,
    );
    const runs = [...Map.groupBy(plans, ({ execution }) => execution)].flatMap(([arn, own]) => {
      const run = executions.find((one) => one.arn === arn);
      const last = own.at(-1);
      const gaveUp = codesAt(last?.result, 'reasons').find((code) => passing.includes(code ?? ''));
      // A run that was stopped, or failed at another step, did not give up.
      const step = invocations.findLast(
        ({ execution, function: name }) => execution === arn && !/^(close-incident|notify)$/.test(name),
      );
      const held = run && statesOf(run).at(-1) === 'Held' && step === last;
      const first = own.find(({ result }) =>
        /^(watch|escalate|relieve-pool)$/.test(textAt(result, 'action') ?? ''),
      );
      return held && last && first && gaveUp ? [{ first, last, gaveUp }] : [];
    });
    return each(runs, ({ first, last, gaveUp }) => {
      const seconds = (last.startedAt - first.startedAt) / 1000;
      return seconds < deadlineSeconds - 2 * intervalSeconds
        ? `${clock(last.startedAt)} ${gaveUp}, and the run gives up after ${seconds} s`
        : undefined;
    });
  },
};

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
      // A run that began in the future, by its clock, knows of nothing that failed since.
      if (beginsInTheFuture(recording)) return [];
      // Tasks that exit keep others from starting for a reason of their own.
      if (active.some(({ kind }) => keepsFromStarting.test(kind) && !(kind in reasonOf))) return [];
      const [only, ...others] = active.flatMap(({ kind }) => reasonOf[kind] ?? []);
      const killed = troubles.some(
        ({ kind, from, until }) =>
          /^(api-down|load-balancer-kills)$/.test(kind) && from < (now ?? 0) && until > (since ?? 0),
      );
      return only && others.length === 0 ? [{ ...one, only, killed }] : [];
    });
    return each(judged, ({ result, only, killed, startedAt }) => {
      const texts = textsAt(result, 'reasons').join('; ');
      const isSaid =
        only.test(texts) ||
        // Tasks that do start, and are taken away, may have kept it from being seen.
        (killed && /failing health checks/.test(texts)) ||
        listAt(result, 'reasons').some((reason) => textAt(reason, 'code') === 'stops-unknown');
      return isSaid ? undefined : `${clock(startedAt)} it does not say why: ${texts}`;
    });
  },
};

const beginsInTheFuture = ({ incident: { faults } }: Recording): boolean =>
  faults.some((fault) => fault.kind === 'clock' && fault.function === 'intake' && fault.offsetSeconds > 0);

const tooFew = (reasons: readonly unknown[]): boolean =>
  reasons.some((reason) => (numberAt(reason, 'running') ?? 0) < (numberAt(reason, 'wanted') ?? 0));
