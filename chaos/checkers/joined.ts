import { alertNames, alertOf } from '../../shared/alerts/catalogue.ts';
import { listAt, numberAt, textAt } from '../facts/values.ts';
import type { Invocation, Recording } from '../record/recording.ts';
import { type Checker, clock, documentOf, each, lockNumberOf, statesOf } from './checker.ts';

/** Decisions that say of themselves why no task is added. */
const explained = ['no-more-allowed', 'autoscaling-ahead'];

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
function unreadJoined(plan: Invocation, { invocations }: Recording): string | undefined {
  const joined = invocations.flatMap(({ function: name, event, result, endedAt = Infinity }) =>
    name === 'open-incident' &&
    endedAt < plan.startedAt &&
    textAt(result, 'status') === 'joined' &&
    numberAt(result, 'lockNumber') === lockNumberOf(plan)
      ? [textAt(event, 'document', 'request', 'alert')]
      : [],
  );
  return alertNames.find((alert) => {
    const { action, metric } = alertOf(alert);
    if (!joined.includes(alert) || action !== 'scale-out' || !metric) return false;
    if (metric === 'requestRatePerMinute') return false;
    return textAt(documentOf(plan), 'assessment', 'metrics', metric, 'level') === 'unknown';
  });
}

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
        const by = own && opened.some((one) => one.execution !== arn && numberOf(one) > numberOf(own));
        return own && !by ? `${name} ends as superseded, but no other run has taken over` : undefined;
      },
    );
  },
};
