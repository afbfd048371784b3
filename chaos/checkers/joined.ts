import { type AlertName, alertNames, alertOf } from '../../shared/alerts/catalogue.ts';
import { asksForPerson } from '../../shared/alerts/firing.ts';
import { codesAt, listAt, numberAt, textAt, valueAt } from '../facts/values.ts';
import type { Invocation, Recording } from '../record/recording.ts';
import { type Checker, clock, documentOf, each, lockNumberOf, losesRecord, statesOf } from './checker.ts';

/** Decisions that say of themselves why no task is added. */
const explained = ['no-more-allowed', 'autoscaling-ahead', 'run-ahead'];

/** Scenario 53: where a joined alert asks for tasks and its own metric is unknown, no round only watches. */
export const joinedCounts: Checker = {
  name: '53 a joined alert counts',
  check: (recording) =>
    each(
      recording.invocations.flatMap((plan) => {
        if (plan.function !== 'plan' || textAt(plan.event, 'direction') !== 'out' || !plan.result) return [];
        const unread = unreadJoined(plan, recording);
        return unread ? [{ ...plan, unread }] : [];
      }),
      ({ result, startedAt, unread }) => {
        const codes = listAt(result, 'reasons').map((reason) => textAt(reason, 'code') ?? '');
        const idle = ['watch', 'none'].includes(textAt(result, 'action') ?? '');
        return idle && !codes.some((code) => explained.includes(code))
          ? `${clock(startedAt)} ${unread} joined and its metric is unknown, but the plan is to ${textAt(result, 'action')}`
          : undefined;
      },
    ),
};

/** An alert that had joined the run of this plan, asks for tasks, and whose metric is unknown. */
function unreadJoined(plan: Invocation, recording: Recording): string | undefined {
  const joined = joinedBefore(plan, recording);
  return alertNames.find((alert) => {
    const { action, metric } = alertOf(alert);
    if (!joined.includes(alert) || action !== 'scale-out' || !metric) return false;
    if (metric === 'requestRatePerMinute') return false;
    return textAt(documentOf(plan), 'assessment', 'metrics', metric, 'level') === 'unknown';
  });
}

/** The alerts that had joined a run before one of its functions was called. */
const joinedBefore = (of: Invocation, recording: Recording): AlertName[] =>
  (losesRecord(recording) ? [] : recording.invocations).flatMap(
    ({ function: name, event, result, endedAt = Infinity }) => {
      const joins =
        name === 'open-incident' && textAt(result, 'status') === 'joined' && endedAt < of.startedAt;
      // The same event once more joins nothing.
      if (codesAt(result, 'reasons').includes('event-handled')) return [];
      const alert = textAt(event, 'document', 'request', 'alert');
      return joins && numberAt(result, 'lockNumber') === lockNumberOf(of)
        ? alertNames.filter((known) => known === alert)
        : [];
    },
  );

/** Scenario 53: no run ends as recovered while an alert has joined it that none of its looks knew of. */
export const joinedIsSeen: Checker = {
  name: '53 no joined alert is unseen',
  check: (recording) =>
    each(
      recording.invocations.filter(
        ({ function: name, event, result }) =>
          name === 'close-incident' && textAt(event, 'outcome') === 'recovered' && result,
      ),
      (close) => {
        const document = documentOf(close);
        const own = textAt(document, 'request', 'alert');
        const looks = ['plan', 'verification'].flatMap((look) => listAt(document, look, 'joined'));
        const unseen = joinedBefore(close, recording).find(
          (alert) => alert !== own && !asksForPerson(alert) && !looks.includes(alert),
        );
        return unseen && valueAt(close.result, 'goesOn') !== true
          ? `${clock(close.startedAt)} ${unseen} had joined, and the run ends without a look at it`
          : undefined;
      },
    ),
};

const handsOver = 'Stopped to scale out again';

/** Scenario 54: a run that ends as superseded was superseded by a run with a newer lock number. */
export const supersededBySomebody: Checker = {
  name: '54 superseded by somebody',
  check: ({ executions, invocations }) => {
    const opened = invocations.filter(({ function: name, result }) => name === 'open-incident' && result);
    const numberOf = ({ result }: Invocation) => numberAt(result, 'lockNumber') ?? 0;
    return each(
      // One that hands over starts the other run itself, which may find the limit of the hour reached.
      executions.filter((one) => one.error === 'Superseded' && statesOf(one).at(-1) !== handsOver),
      ({ arn, name }) => {
        const own = opened.find(({ execution }) => execution === arn);
        const owner = textAt(listAt(own?.result, 'reasons')[0], 'owner');
        const by =
          own &&
          opened.some(
            (one) => one.execution !== arn && (numberOf(one) > numberOf(own) || one.execution === owner),
          );
        return own && !by ? `${name} ends as superseded, but no other run has taken over` : undefined;
      },
    );
  },
};
