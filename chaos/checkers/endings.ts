import { type ToldEnd, untoldEnd } from '../../shared/core/errors.ts';
import { chaosDefinitions } from '../facts/definitions.ts';
import { codesAt, listAt, numberAt, textAt, valueAt } from '../facts/values.ts';
import type { Recording } from '../record/recording.ts';
import {
  type Checker,
  clock,
  documentOf,
  each,
  kindOf,
  productWrites,
  showsOldAnswers,
  statesOf,
  together,
  told,
} from './checker.ts';

/** Somebody stopped the execution, or one that waits for it, which stops it as well. */
function wasStopped(arn: string | undefined, recording: Recording): boolean {
  if (arn === undefined) return false;
  const execution = recording.executions.find((one) => one.arn === arn);
  return recording.stopped.has(arn) || wasStopped(execution?.parentArn, recording);
}

/** Invariant 18: every run ends by itself, in a named state. */
export const namedEnds: Checker = {
  name: '18 named ends',
  check(recording) {
    return together(
      { live: 1, findings: recording.over ? [] : ['the play did not come to its end in time'] },
      each(recording.executions, (execution) => {
        const { machine, status, error = '', cause = '' } = execution;
        const last = statesOf(execution).at(-1) ?? '';
        const type = chaosDefinitions().machines.get(machine)?.definition.States[last]?.Type;
        const what = `${machine} ${status} in "${last}" ${error} ${cause.slice(0, 200)}`;
        if (status === 'RUNNING') return `still running: ${what}`;
        if (status === 'ABORTED')
          return wasStopped(execution.arn, recording) ? undefined : `aborted by nobody: ${what}`;
        if (status === 'TIMED_OUT') return `no end within its deadline: ${what}`;
        return type === (status === 'SUCCEEDED' ? 'Succeed' : 'Fail') ? undefined : `no named end: ${what}`;
      }),
    );
  },
};

/** What a program wrote where a sentence belongs. */
const noWord = /\[object \w+\]|\bundefined\b/;

/** Invariant 20: what an end says is said in words. */
export const endsSayWords: Checker = {
  name: '20 ends say words',
  check: (recording) =>
    each(recording.executions, ({ machine, cause = '', output }) => {
      const [found] = noWord.exec(`${cause} ${JSON.stringify(output) ?? ''}`) ?? [];
      return found ? `${machine} ends, and says ${found}` : undefined;
    }),
};

/** What a run for the pools that ended green cannot have done. */
function wrongOfPools(
  last: string | undefined,
  arn: string,
  recording: Recording,
  until: number,
): string | undefined {
  const writes = productWrites(recording);
  // In this run, or an earlier one of the incident.
  if (last === 'Raised')
    return writes.some(({ call, at }) => call === 'pgbouncer:SET' && at <= until)
      ? undefined
      : 'no pool was raised';
  const own = last === 'Nothing to raise' && writes.find(({ invocation }) => invocation.execution === arn);
  return own ? told(own) : undefined;
}

/** Invariant 18: no run ends green after a failure. */
export const greenMeansGood: Checker = {
  name: '18 green means good',
  check(recording) {
    // The workflow that handles a request repeats what failed; it decides nothing itself.
    const green = recording.ends.filter(
      ({ execution }) => execution.status === 'SUCCEEDED' && execution.machine !== 'approval-reminder',
    );
    return each(green, ({ execution, settings, at }) => {
      const last = statesOf(execution).at(-1);
      const said = `${clock(at)} ${execution.machine} ended in "${last}"`;
      if (valueAt(execution.output, 'failure') !== undefined)
        return `${said} after ${textAt(execution.output, 'failure', 'Error')}`;
      if (last === 'Recovered') {
        const wanted = Math.min(numberAt(execution.output, 'plan', 'desired', 'to') ?? 0, settings.desired);
        // Scenario 61: where the others are enough for the traffic, some may be missing, and the run says so.
        const reasons = listAt(execution.output, 'verification', 'reasons');
        const enough = reasons.find((reason) => textAt(reason, 'code') === 'enough-for-traffic');
        const needed = numberAt(enough, 'needed') ?? wanted;
        // Who is shown an old answer sees the tasks that are gone since.
        if (!showsOldAnswers(recording) && settings.running + 1 < Math.min(needed, wanted))
          return `${said} with ${settings.running} of ${wanted} tasks`;
        // A run that only watched has added nothing that could be verified.
        const added = textAt(execution.output, 'plan', 'action') === 'scale-out';
        if (added && textAt(execution.output, 'verification', 'state') !== 'reached')
          return `${said} unverified`;
      }
      const pools = wrongOfPools(last, execution.arn, recording, at);
      if (pools) return `${said}, but ${pools}`;
      if (last === 'Restored' && textAt(execution.output, 'verification', 'state') !== 'reached')
        return `${said} unverified`;
      return undefined;
    });
  },
};

/** Invariant 17: faulty input ends at once, by name, and touches nothing. */
export const faultyInputRefused: Checker = {
  name: '17 faulty input refused',
  check: (recording) =>
    each([...recording.faultyInputs], (arn) => {
      const execution = recording.executions.find((one) => one.arn === arn);
      const written = productWrites(recording).find(({ invocation }) => invocation.execution === arn);
      if (written) return `faulty input, and then ${told(written)}`;
      const invoked = recording.invocations.filter(
        (one) => one.execution === arn && one.function !== 'intake',
      );
      if (invoked.length > 0) return `faulty input went on to ${invoked[0]?.function}`;
      const disturbed = wasStopped(arn, recording) || execution?.error?.startsWith('Lambda.');
      return execution?.error === 'InvalidInputError' || disturbed
        ? undefined
        : `faulty input ended as ${execution?.status} ${execution?.error}`;
    }),
};

const channelOperations: ReadonlySet<string> = new Set(['sns:Publish', 'http:post', 'secrets:read']);

/** Invariant 19: a notice that failed is written down, and the run goes on. */
export const noticesFailLoudly: Checker = {
  name: '19 notices stop nothing',
  check(recording) {
    const failed = recording.invocations.filter(
      ({ function: name, operations, endedAt }) =>
        name === 'notify' &&
        endedAt !== undefined &&
        operations.some(
          (one, index) =>
            channelOperations.has(one.name) &&
            one.error !== undefined &&
            !operations.slice(index + 1).some(({ name: later }) => later === one.name),
        ),
    );
    return each(failed, (invocation) => {
      const execution = recording.executions.find(({ arn }) => arn === invocation.execution);
      const said = `${clock(invocation.startedAt)} notify (${kindOf(invocation)})`;
      if (!invocation.error && listAt(invocation.result, 'failed').length === 0)
        return `${said}: a channel failed, and the result does not say so`;
      const went = execution?.history.some(
        ({ id, stateEnteredEventDetails }) => id > invocation.stateEntry && stateEnteredEventDetails,
      );
      return went || wasStopped(invocation.execution, recording)
        ? undefined
        : `${said}: the run did not go on`;
    });
  },
};

const callingPeople: ReadonlySet<string> = new Set<ToldEnd>([
  'Held',
  'NotStarted',
  'ApprovalExpired',
  'ApprovalRejected',
]);

/** Invariant 18: who holds, or cannot start, calls people. */
export const heldAndAlerted: Checker = {
  name: '18 held and alerted',
  check(recording) {
    const held = recording.executions.filter(({ error }) => callingPeople.has(error ?? ''));
    const watcherTold = (arn: string) =>
      recording.invocations.some(
        (one) =>
          one.function === 'watch-executions' &&
          textAt(one.event, 'detail', 'executionArn') === arn &&
          listAt(one.result, 'told').length > 0,
      );
    const untold = recording.executions.filter(({ error }) => error === untoldEnd);
    const byWatcher = each(untold, ({ arn, machine }) =>
      watcherTold(arn) ? undefined : `${machine} ended untold, and the watcher did not tell`,
    );
    const byRun = each(held, ({ arn, machine }) => {
      const family = recording.executions.filter((one) => one.arn === arn || one.parentArn === arn);
      const alerted = recording.invocations.some(
        (one) =>
          one.function === 'notify' &&
          family.some((relative) => relative.arn === one.execution) &&
          ['held', 'escalated', 'failed', 'rejected', 'expired'].includes(kindOf(one) ?? ''),
      );
      // A rollback that somebody stopped is told of by the watcher.
      return alerted || family.some((relative) => watcherTold(relative.arn))
        ? undefined
        : `${machine} held, and nobody was told`;
    });
    return together(byRun, byWatcher);
  },
};

/** What was decided last is told by these functions' clocks: where one of them is off, nothing can be asked of it. */
const trustedClocks = ({ invocations, incident: { faults } }: Recording): Recording['invocations'] =>
  faults.some((fault) => fault.kind === 'clock' && /^(assess|plan|wait-verify)$/.test(fault.function))
    ? []
    : invocations;

/** Invariant 20: a run that is held says what its last decision said, and not what was seen before it. */
export const heldSaysWhy: Checker = {
  name: '20 held says why',
  check: (recording) =>
    each(
      trustedClocks(recording).flatMap((close, _, invocations) => {
        const document = documentOf(close);
        const held = close.function === 'close-incident' && textAt(close.event, 'outcome') === 'held';
        if (!held || !close.result || valueAt(document, 'failure') !== undefined) return [];
        const last = invocations.findLast(
          ({ execution, id, function: name, result }) =>
            execution === close.execution &&
            id < close.id &&
            (name === 'plan' || name === 'wait-verify') &&
            result !== undefined,
        );
        return last ? [{ close, last }] : [];
      }),
      ({ close, last }) => {
        const said = codesAt(close.result, 'reasons');
        const silent = codesAt(last.result, 'reasons').find((code) => !said.includes(code));
        return silent && `${clock(close.startedAt)} held, and ${silent} of ${last.function} is not said`;
      },
    ),
};
