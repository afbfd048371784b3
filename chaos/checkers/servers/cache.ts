import { listAt, numberAt, textAt, valueAt } from '../../facts/values.ts';
import type { Recording } from '../../record/recording.ts';
import { type Checker, documentOf, each, type ProductWrite, productWrites, told } from '../checker.ts';

const setPolicy = 'redis:CONFIG SET';
const flushAll = 'redis:FLUSHALL';
/** What is no key any more is read from the database. */
const removals: readonly string[] = ['redis:UNLINK', flushAll];

const cacheWrites = (recording: Recording): ProductWrite[] =>
  productWrites(recording).filter(({ call }) => call.startsWith('redis:'));

const removalsIn = (recording: Recording) =>
  cacheWrites(recording).filter(({ call }) => removals.includes(call));

const reliefOf = ({ invocation }: ProductWrite): unknown =>
  valueAt(documentOf(invocation), 'cachePlan', 'relief');
const hashOf = ({ invocation }: ProductWrite) => textAt(documentOf(invocation), 'cachePlan', 'hash');

/** What each call may be by the relief that was approved. */
const reliefsOf: Readonly<Record<string, readonly string[]>> = {
  [setPolicy]: ['policy', 'restore'],
  'redis:UNLINK': ['unlink'],
  [flushAll]: ['flush'],
};

/** Different people who have really approved a request of this run for this very relief, before the write. */
function approversOf(write: ProductWrite, { answers }: Recording): ReadonlySet<string> {
  const asked = write.approvals.filter(
    (one) =>
      textAt(one, 'execution') === write.invocation.execution &&
      textAt(one, 'plan', 'hash') === hashOf(write) &&
      listAt(one, 'decisions').every((decision) => textAt(decision, 'decision') === 'approved'),
  );
  const ids = asked.map((one) => textAt(one, 'id'));
  return new Set(
    answers
      .filter(
        ({ at, decision, approvalId }) =>
          at <= write.at && decision === 'approved' && ids.includes(approvalId),
      )
      .map(({ approver }) => approver),
  );
}

/** Scenario 65: whatever is done to a cache was approved, in every environment; a flush by two different people. */
export const reliefsAreApproved: Checker = {
  name: '65 a cache is relieved with approvals',
  check: (recording) =>
    each(cacheWrites(recording), (write) => {
      const people = approversOf(write, recording);
      const needed = Math.max(write.call === flushAll ? 2 : 1, recording.config.approval.approvalsNeeded);
      if (people.size < needed) return `${people.size} of ${needed} approved: ${told(write)}`;
      const code = textAt(reliefOf(write), 'code') ?? '';
      return reliefsOf[write.call]?.includes(code) ? undefined : `${code} was approved: ${told(write)}`;
    }),
};

/** The runbook's tenth rule: nothing is flushed but by the name of a person who asked for it. */
export const flushIsAskedFor: Checker = {
  name: '65 a flush is asked for',
  check: (recording) =>
    each(
      cacheWrites(recording).filter(({ call }) => call === flushAll),
      (write) => {
        const request = valueAt(documentOf(write.invocation), 'request');
        const asked = textAt(request, 'source') === 'console' && valueAt(request, 'flush') === true;
        return asked ? undefined : `nobody asked for it: ${told(write)}`;
      },
    ),
};

/** Invariant 22: no key is removed while the database works on more than its limit, or nobody has said how much it bears. */
export const databaseBearsRemovals: Checker = {
  name: '22 the database bears what a cache loses',
  check: (recording) => {
    const limit = numberAt(recording.service, 'cache', 'mostActiveSessions') ?? -1;
    return each(removalsIn(recording), (write) =>
      (write.load ?? Number.POSITIVE_INFINITY) > limit
        ? `${write.load} of ${limit} sessions: ${told(write)}`
        : undefined,
    );
  },
};

/** Invariant 8, of the cache: a policy is set only over the one that people were shown. */
export const personsPolicyStays: Checker = {
  name: "8 a person's cache policy stays",
  check: (recording) =>
    each(
      cacheWrites(recording).filter(({ call }) => call === setPolicy),
      (write) => {
        const shown = textAt(reliefOf(write), 'from');
        return textAt(write.from, 'cache', 'policy') === shown
          ? undefined
          : `${shown} was shown: ${told(write)}`;
      },
    ),
};

/** Scenario 65: keys are removed batch by batch, so that the switch, the lock and the database are looked at in between. */
export const keysGoInBatches: Checker = {
  name: '65 keys go in batches',
  check: (recording) =>
    each(
      removalsIn(recording).filter(({ call }) => call !== flushAll),
      (write) => {
        const gone =
          (numberAt(write.from, 'cache', 'keys') ?? 0) - (numberAt(write.to, 'cache', 'keys') ?? 0);
        return gone > mostAtOnce ? `${gone} keys at once: ${told(write)}` : undefined;
      },
    ),
};

/** SCAN looks at some 1,000 keys at a time. */
const mostAtOnce = 1000;
