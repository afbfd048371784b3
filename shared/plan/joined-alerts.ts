import { type AlertName, alertOf } from '../alerts/catalogue.ts';
import { asksForPerson, firingAlerts } from '../alerts/firing.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { Decision } from './decision.ts';

/** How much an action does about an alert: what stops more tasks, or is done in their place, comes before them. */
const strength: Partial<Record<Decision['action'], number>> = { none: 0, watch: 1, 'scale-out': 2 };

/** The alerts that decide: one that calls a person does so and says nothing of tasks, unless no other fires. */
const deciding = (own: AlertName | undefined, joined: readonly string[] | undefined): AlertName[] =>
  firingAlerts(own, joined).filter((name) => !asksForPerson(name));

/** Of the alerts that the run is about, each by itself, the decision that does the most; the order decides nothing. */
export function strongest(
  request: Request,
  joined: readonly string[] | undefined,
  decideFor: (one: Request) => Decision,
): Decision {
  const [first = decideFor(request), ...others] = deciding(request.alert, joined).map((alert) =>
    decideFor({ ...request, alert }),
  );
  const of = ({ action }: Decision) => strength[action] ?? 3;
  return others.reduce((most, one) => (of(one) > of(most) ? one : most), first);
}

/** That the run's own alert calls a person although others decide what is done: people have to be told once. */
export function personAsWell(
  { alert }: Request,
  joined: readonly string[] | undefined,
  action: Decision['action'],
): Reason[] {
  const goesOn = action === 'scale-out' || action === 'watch' || action === 'none';
  const othersDecide = deciding(alert, joined).length > 0;
  return alert && asksForPerson(alert) && othersDecide && goesOn
    ? [because('alert-asks-for-person', { alert })]
    : [];
}

/** The alerts of which nobody knows whether they are over. */
export const unreadAlerts = (alerts: readonly AlertName[], { metrics }: Assessment): Reason[] =>
  alerts.flatMap((alert) => {
    const { metric } = alertOf(alert);
    if (!metric || metrics[metric].level !== 'unknown') return [];
    return [because('alert-unread', { alert, metric, why: metrics[metric].unknown?.text ?? '' })];
  });
