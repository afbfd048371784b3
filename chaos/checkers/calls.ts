import { writingCalls } from '../facts/documented-errors.ts';
import { listAt, textAt, valueAt } from '../facts/values.ts';
import type { Invocation, Operation, Recording } from '../record/recording.ts';
import {
  type Checker,
  clock,
  each,
  kindOf,
  machineOf,
  type ProductWrite,
  productWrites,
  told,
} from './checker.ts';

const throttling: ReadonlySet<string> = new Set(['ThrottlingException', 'ConcurrentUpdateException']);
const passes = ({ error = '', status = 0 }: Operation) =>
  throttling.has(error) || status === 429 || status >= 500;

/** The SDK's clients may repeat about this often before their quota of retries is used up: 500 tokens, 14 for each. */
const quota = 35;

/** Attempts after which a call may be given up; what is asked again by its state machine gives up sooner. */
const usualAttempts = 8;
const fewerAttempts: Readonly<Record<string, number>> = { assess: 5, 'wait-verify': 1 };
/** An assessment comes back after ten seconds with what it has; repeats may be cut off then. */
const cutOffMilliseconds = 9000;
/** Calls of which a function sends several side by side. */
const sideBySide: ReadonlySet<string> = new Set(['ses:SendEmail', 'http:get', 'http:post', 'secrets:read']);
/** The function did not get to repeat anything, or must not. */
const cutShort: ReadonlySet<string> = new Set(['Lambda.Unknown', 'Sandbox.Timedout', 'LockLostError']);

/** Before a repeated attempt the switch and the lock are looked at: what cannot be read uses an attempt up. */
const failedChecks = ({ operations }: Invocation) =>
  operations.filter(({ name, error }) => (name === 'ssm:GetParameter' || name === 'store:read') && error)
    .length;

/** Scenarios 1 and 3: what AWS may answer better a moment later is asked again. */
export const passingErrorsRepeated: Checker = {
  name: 'call: passing errors are repeated',
  check(recording) {
    const last = recording.invocations
      .filter(({ startedAt, endedAt = Infinity, error = '' }) => {
        return endedAt - startedAt < cutOffMilliseconds && !cutShort.has(error);
      })
      .flatMap((invocation) =>
        [...Map.groupBy(invocation.operations, ({ name }) => name)].flatMap(([name, operations]) => {
          const failed = operations.at(-1);
          return failed && passes(failed) && !sideBySide.has(name)
            ? [{ invocation, operations, failed }]
            : [];
        }),
      );
    // Runs side by side share a function's client, and its quota.
    const failedElsewhere = ({ id, function: name }: Invocation, failed: Operation) =>
      recording.invocations
        .filter((one) => one.function === name && one.id !== id)
        .flatMap((one) =>
          one.operations.filter(
            (operation) =>
              operation.name === failed.name && operation.error && (one.id < id || operation.at < failed.at),
          ),
        ).length;
    const withQuota = last.filter(
      ({ invocation, operations, failed }) =>
        failedElsewhere(invocation, failed) + operations.length <= quota,
    );
    const repeatedEnough = (invocation: Invocation, attempts: number) =>
      attempts + failedChecks(invocation) >= (fewerAttempts[invocation.function] ?? usualAttempts);
    // Calls are made side by side: where one has failed for good, the function ends, and with it the others.
    const another = ({ invocation, failed }: (typeof last)[number]) =>
      invocation.operations.some(
        (one) => one.error !== undefined && one.error === invocation.error && !passes(one),
      ) ||
      last.some(
        (one) =>
          one.invocation === invocation &&
          one.failed !== failed &&
          repeatedEnough(invocation, one.operations.length),
      );
    return each(withQuota, (one) =>
      repeatedEnough(one.invocation, one.operations.length) || another(one)
        ? undefined
        : `${clock(one.failed.at)} ${one.invocation.function} gives ${one.failed.name} up after ${one.failed.error}, attempt ${one.operations.length}`,
    );
  },
};

/** Scenario 2: a reached limit is not asked for again. */
export const limitsNotRepeated: Checker = {
  name: 'call: a limit is not repeated',
  check(recording) {
    const refused = recording.invocations.flatMap((invocation) =>
      invocation.operations
        .map((operation, index) => ({ invocation, operation, index }))
        .filter(({ operation }) => operation.error === 'LimitExceededException'),
    );
    return each(refused, ({ invocation, operation, index }) =>
      invocation.operations.slice(index + 1).some(({ name }) => name === operation.name)
        ? `${clock(operation.at)} ${invocation.function} repeats ${operation.name} after ${operation.error}`
        : undefined,
    );
  },
};

/** Scenario 17: a run that has seen that the service is deleted writes nothing to it any more. */
export const nothingToDeleted: Checker = {
  name: '17 nothing for a deleted service',
  check(recording) {
    const { goneAt = Infinity } = recording;
    const isSight = ({ name, at, error }: Operation) =>
      name === 'ecs:DescribeServices' && at > goneAt && error === undefined;
    const runs = [...Map.groupBy(recording.invocations, ({ execution }) => execution).values()]
      .map((own) =>
        own.flatMap(({ function: name, operations }) => operations.map((one) => ({ ...one, by: name }))),
      )
      .filter((operations) => operations.some(isSight));
    return each(runs, (operations) => {
      const written = operations
        .slice(operations.findIndex(isSight) + 1)
        .find(({ name }) => writingCalls.includes(name));
      return (
        written && `${clock(written.at)} ${written.by} calls ${written.name}, deleted since ${clock(goneAt)}`
      );
    });
  },
};

/** Scenario 18: no scalable target is registered where there was none, except by whoever configures autoscaling. */
export const absentStaysAbsent: Checker = {
  name: '18 absent stays absent',
  check(recording) {
    const registrations = productWrites(recording).filter(
      ({ call, invocation }) =>
        call === 'application-autoscaling:RegisterScalableTarget' &&
        machineOf(recording, invocation) !== 'configure-autoscaling',
    );
    return each(registrations, (write) =>
      valueAt(write.to, 'max') !== undefined &&
      valueAt(write.from, 'max') === undefined &&
      'max' in write.from &&
      !deregisteredUnseen(write, recording)
        ? `no target was registered: ${told(write)}`
        : undefined,
    );
  },
};

/** A person deregistered the target when the function had read it already. */
function deregisteredUnseen({ invocation, issuedAt }: ProductWrite, { people }: Recording): boolean {
  const seen = invocation.operations.findLast(
    ({ name, at }) => name === 'application-autoscaling:DescribeScalableTargets' && at <= issuedAt,
  );
  return people.some(
    ({ at, changed }) => 'max' in changed && seen !== undefined && seen.at <= at && at <= issuedAt,
  );
}

const urgent: ReadonlySet<string> = new Set(['held', 'failed', 'escalated', 'expired']);

/** Scenario 33: what needs a person goes two ways. */
export const urgentTwoWays: Checker = {
  name: '19 urgent notices go two ways',
  check(recording) {
    const { pagerDuty } = recording.config.notices;
    const sent = recording.invocations.filter(
      (one) =>
        one.function === 'notify' &&
        urgent.has(kindOf(one) ?? '') &&
        textAt(one.result, 'kind') !== undefined,
    );
    return each(pagerDuty.enabled ? sent : [], (one) => {
      const ways = [...listAt(one.result, 'sent'), ...listAt(one.result, 'failed')];
      const paged = ways.some((way) => way === 'pagerduty' || textAt(way, 'channel') === 'pagerduty');
      return paged ? undefined : `${clock(one.startedAt)} the notice "${kindOf(one)}" pages nobody`;
    });
  },
};
