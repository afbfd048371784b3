import { forger, scanner } from '../cast/visitors.ts';
import { listAt, numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import type { Invocation, Recording } from '../record/recording.ts';
import { type Checker, clock, each, statesOf } from './checker.ts';

/** Requests to the approval page, with what they asked and got. */
const pages = ({ invocations }: Recording): Invocation[] =>
  invocations.filter(
    (one) =>
      one.function === 'approval' && textAt(one.event, 'requestContext', 'http', 'method') !== undefined,
  );
const senderOf = ({ event }: Invocation) => textAt(event, 'requestContext', 'requestId');
const statusOf = ({ result }: Invocation) => numberAt(result, 'statusCode');

/** Scenarios 26 and 27: neither a mail scanner nor a forger decides anything. */
export const onlyPeopleDecide: Checker = {
  name: '12 only people decide',
  check(recording) {
    const uninvited = new Set([scanner.requestId, forger.requestId, 'link']);
    return each(recording.approvals, ({ at, key, body }) => {
      const decided = listAt(body, 'decisions').find((one) => uninvited.has(textAt(one, 'requestId') ?? ''));
      if (decided === undefined) return undefined;
      return `${clock(at)} ${key} is ${textAt(decided, 'decision')} by a ${textAt(decided, 'requestId')}`;
    });
  },
};

/** Scenario 26: whoever forges gets the one refusal. */
export const forgersRefused: Checker = {
  name: '12 forgers are refused',
  check: (recording) =>
    each(
      pages(recording).filter((page) => senderOf(page) === forger.requestId && page.result !== undefined),
      (page) =>
        [404, 429, 503].includes(statusOf(page) ?? 0)
          ? undefined
          : `${clock(page.startedAt)} a forged form is answered with ${statusOf(page)}`,
    ),
};

/** Scenario 25: a decided request shows its decision, and no form. */
export const decidedShowsDecision: Checker = {
  name: '25 decided is decided',
  check(recording) {
    const shown = pages(recording).flatMap((page) => {
      const read = page.operations.find(
        ({ name, key, body }) => name === 'store:read' && key?.startsWith('approval/') && body !== undefined,
      );
      const request = valueAt(read?.body, 'body');
      const decisions = listAt(request, 'decisions');
      const rejected = decisions.some((one) => textAt(one, 'decision') === 'rejected');
      const closed = rejected || decisions.length >= (numberAt(request, 'needed') ?? Infinity);
      return closed ? [{ page, request }] : [];
    });
    return each(shown, ({ page, request }) =>
      textAt(page.result, 'body')?.includes('<form')
        ? `${clock(page.startedAt)} ${textAt(request, 'id')} is decided, and its page still asks`
        : undefined,
    );
  },
};

/** Scenario 28: an answer that was stored is never replaced by another one. */
export const answersStay: Checker = {
  name: '28 answers stay',
  check(recording) {
    const versions = [...Map.groupBy(recording.approvals, ({ key }) => key).values()];
    const steps = versions.flatMap((list) =>
      list.slice(1).map((now, index) => ({ before: list[index], now })),
    );
    return each(steps, ({ before, now }) => {
      const earlier = listAt(before?.body, 'decisions');
      const later = listAt(now.body, 'decisions');
      const gone = recording.removedApprovers.map(({ name }) => name);
      const counted = earlier.filter((decision) => !gone.includes(textAt(decision, 'by') ?? ''));
      return counted.every((decision) => later.some((other) => sameValue(decision, other)))
        ? undefined
        : `${clock(now.at)} ${now.key}: an answer of ${textAt(earlier[0], 'by')} is lost`;
    });
  },
};

/** Scenario 57: who was removed from the configuration has no vote from then on. */
export const removedHaveNoVote: Checker = {
  name: '57 removed have no vote',
  check: ({ approvals, removedApprovers }) =>
    each(
      approvals.filter(({ at }) => removedApprovers.some((removed) => removed.at < at)),
      ({ at, key, body }) => {
        const decisions = listAt(body, 'decisions');
        const late = removedApprovers.find(({ name, at: since }) =>
          decisions.some((one) => textAt(one, 'by') === name && Date.parse(textAt(one, 'at') ?? '') > since),
        );
        return late && `${clock(at)} ${key} has a vote of ${late.name}, who is no approver any more`;
      },
    ),
};

/** Faults that keep the workflow that reminds from its work. */
const keepsFromReminding: ReadonlySet<string> = new Set(['remind-approvers', 'approval', 'request-approval']);

/** Scenario 23: nobody decided, and before that somebody was called. */
export const unansweredEscalated: Checker = {
  name: '23 unanswered is escalated',
  check(recording) {
    const disturbed = recording.incident.faults.some(
      (fault) =>
        ('function' in fault && keepsFromReminding.has(fault.function)) ||
        fault.kind === 'stale' ||
        fault.kind === 'channel' ||
        (fault.kind === 'wire' && /^(sns|ses|states):/.test(fault.call)),
    );
    const expired = recording.executions.filter((one) => statesOf(one).at(-1) === 'Expired');
    return each(disturbed ? [] : expired, ({ arn, name }) => {
      const reminders = recording.executions.filter(({ parentArn }) => parentArn === arn);
      const escalated = recording.invocations.some(
        (one) =>
          one.function === 'remind-approvers' &&
          reminders.some((reminder) => reminder.arn === one.execution) &&
          textAt(one.result, 'due') === 'escalate',
      );
      return escalated ? undefined : `${name} expired, and nobody was called before`;
    });
  },
};

/** Scenario 39: where no mail could be sent, nobody waits for an answer. */
export const unsentNotAwaited: Checker = {
  name: '39 unsent is not awaited',
  check(recording) {
    const asked = recording.invocations.filter(({ function: name, operations, error = '' }) => {
      const mails = operations.filter((one) => one.name === 'ses:SendEmail');
      const unsent = mails.length > 0 && mails.every((mail) => mail.error !== undefined);
      return name === 'request-approval' && unsent && !['Lambda.Unknown', 'Sandbox.Timedout'].includes(error);
    });
    return each(asked, ({ startedAt, error }) =>
      error ? undefined : `${clock(startedAt)} no mail went out, and the run waits for an answer`,
    );
  },
};
