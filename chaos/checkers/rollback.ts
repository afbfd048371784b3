import { shortDefinition } from '../../shared/format/settings.ts';
import { codesAt, listAt, numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import { goodRevision, guiltyRevisions, isOf, unstableRevisions } from '../generate/revisions.ts';
import type { Recording } from '../record/recording.ts';
import {
  asSeen,
  type Checker,
  clock,
  documentOf,
  each,
  machineOf,
  productWrites,
  showsOldAnswers,
  told,
} from './checker.ts';

/** Invariant 11: a rollback never lowers capacity while an alarm fires. */
export const rollbackKeepsCapacity: Checker = {
  name: '11 rollback keeps capacity',
  check: (recording) =>
    each(
      productWrites(recording).filter(({ invocation }) => machineOf(recording, invocation) === 'rollback'),
      (write) => {
        const [before, desired] = [numberAt(write.from, 'desired'), numberAt(write.to, 'desired')];
        // The low alarms of target tracking say that there is too much capacity.
        const firing = write.firing.filter((name) => !name.includes('AlarmLow'));
        return before !== undefined && desired !== undefined && desired < before && firing.length > 0
          ? `${firing.join()} fires: ${told(write)}`
          : undefined;
      },
    ),
};

/** Scenario 43: a run takes back a bad definition, and never a good one. A person may ask for any. */
export const onlyTheGuilty: Checker = {
  name: '43 only the guilty is rolled back',
  check(recording) {
    const ownRollbacks = productWrites(recording).filter(
      ({ to, invocation }) =>
        'taskDefinition' in to &&
        machineOf(recording, invocation) === 'rollback' &&
        textAt(documentOf(invocation), 'request', 'startedBy') !== undefined,
    );
    return each(ownRollbacks, (write) => {
      const from = textAt(asSeen(recording, write, 'taskDefinition'), 'taskDefinition') ?? '';
      // Where whatever is started does not stay, a release looks guilty that began then.
      const guilty =
        isOf(guiltyRevisions, from) ||
        (hadAwaited(recording) && isOf([goodRevision], from)) ||
        (startsFail(recording) && itsTasksFailed(documentOf(write.invocation)));
      return guilty ? undefined : `${from} was good: ${told(write)}`;
    });
  },
};

/** Scenario 43: no way back ends at a definition that the run itself has found to be bad, where another one is known. */
export const notBackToABadOne: Checker = {
  name: '43 not back to a bad one',
  check({ invocations }) {
    const decided = invocations.filter(
      ({ function: name, event, result }) =>
        name === 'rollback' &&
        textAt(event, 'document', 'request', 'rollbackTo') === 'automatic' &&
        textAt(result, 'action') === 'previous-task-definition',
    );
    return each(decided, ({ event, result, startedAt }) => {
      const bad = listAt(event, 'document', 'assessment', 'badReleases').map(String);
      const to = shortDefinition(textAt(result, 'to') ?? '');
      // The definition of before the incident is always one of the known.
      return bad.includes(to) ? `${clock(startedAt)} back to ${to}, which was bad` : undefined;
    });
  },
};

/** When a release that had awaited an action began to serve, nobody can read. */
const hadAwaited = ({ incident: { troubles } }: Recording): boolean =>
  troubles.some((one) => one.kind === 'deployment-pause' && one.timeoutAction === 'CONTINUE');

/** Whether a rollback rests on tasks of the release that failed. */
const itsTasksFailed = (document: unknown): boolean =>
  codesAt(document, 'request', 'reasons').includes('release-fails') ||
  codesAt(document, 'assessment', 'cause', 'evidence').includes('tasks-fail');

/** Troubles in which no task stays that is started, whatever it runs. */
const startsFail = ({ incident: { troubles } }: Recording): boolean =>
  troubles.some(
    (trouble) =>
      /^(start-failure|crash-loop|api-down)$/.test(trouble.kind) ||
      // Several that die at once are what a release would do whose memory is too small.
      (trouble.kind === 'out-of-memory' && trouble.tasks > 1),
  );

/** Scenario 16: a release of which no task stays is taken back, and not held with no task at all. */
export const deadReleasesEnd: Checker = {
  name: '16 a dead release is taken back',
  check: ({ invocations }) =>
    each(
      invocations.filter(({ function: name, event, result, taskDefinition }) => {
        const assessment = valueAt(event, 'document', 'assessment');
        const service = valueAt(assessment, 'service');
        const released = Date.parse(textAt(service, 'releasedAt') ?? '');
        const failed = listAt(assessment, 'stoppedTasks')
          .filter((stop) => textAt(stop, 'taskDefinition') === textAt(service, 'taskDefinition'))
          .filter((stop) => textAt(stop, 'kind') === 'ran-and-failed')
          .flatMap((stop) => listAt(stop, 'asked'))
          .filter((asked) => Date.parse(String(asked)) >= released);
        return (
          name === 'plan' &&
          textAt(event, 'direction') === 'out' &&
          result !== undefined &&
          isOf(unstableRevisions, taskDefinition) &&
          numberAt(service, 'running') === 0 &&
          failed.length >= 2
        );
      }),
      ({ result, startedAt }) =>
        // APIDown calls a person at once.
        ['roll-back', 'escalate'].includes(textAt(result, 'action') ?? '')
          ? undefined
          : `${clock(startedAt)} no task runs, those of the release exit, and the plan is to ${textAt(result, 'action')}`,
    ),
};

/** Invariant 11: what a run deploys by itself takes no running task away while something is critical. */
export const rollbackTakesNoTasks: Checker = {
  name: '11 rollback takes no tasks',
  check(recording) {
    const { faults } = recording.incident;
    const percents = faults.flatMap((fault) => (fault.kind === 'minimum-healthy' ? fault.percent : []));
    const [percent] = showsOldAnswers(recording) ? [] : percents;
    if (percent === undefined) return each([], () => undefined);
    const deployed = productWrites(recording).filter(
      ({ to, invocation }) => 'taskDefinition' in to && isHurtAndUnasked(documentOf(invocation)),
    );
    return each(deployed, (write) => {
      const { invocation, after, from, to } = write;
      // A deployment that is stopped takes no more tasks than one that goes on.
      if (textAt(invocation.result, 'action') !== 'previous-task-definition') return undefined;
      const kept = Math.ceil((after.desired * percent) / 100);
      const seen = numberAt(documentOf(invocation), 'assessment', 'service', 'running') ?? 0;
      return Math.min(seen, after.running) > kept
        ? `${from.taskDefinition} → ${to.taskDefinition} may leave ${kept} of ${after.running}: ${told(write)}`
        : undefined;
    });
  },
};

const isHurtAndUnasked = (document: unknown): boolean =>
  textAt(document, 'request', 'rollbackTo') === 'automatic' &&
  Object.values(Object(valueAt(document, 'assessment', 'metrics'))).some(
    (metric) => textAt(metric, 'level') === 'critical',
  );

/** Scenario: of two rollbacks in a row the second must not bring the bad definition back. */
export const rollbackStaysBack: Checker = {
  name: '11 rollback stays back',
  check(recording) {
    // What a person asks for by name is no run's decision, before or after.
    const rollbacks = productWrites(recording).filter(
      ({ to, invocation }) =>
        'taskDefinition' in to && textAt(documentOf(invocation), 'request', 'rollbackTo') === 'automatic',
    );
    return each(rollbacks, (write) => {
      const earlier = rollbacks.find(
        ({ at, from }) => at < write.at && sameValue(from.taskDefinition, write.to.taskDefinition),
      );
      const further = rollbacks.find(
        ({ at, to, from }) =>
          at < write.at &&
          sameValue(to.taskDefinition, write.from.taskDefinition) &&
          !sameValue(from.taskDefinition, write.to.taskDefinition),
      );
      const byPerson = recording.people.some(({ changed }) => 'taskDefinition' in changed);
      const wrong = earlier ?? further;
      return wrong && !byPerson ? `${told(wrong)}; then ${told(write)}` : undefined;
    });
  },
};
