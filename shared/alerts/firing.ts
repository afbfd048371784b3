import { type AlertName, alertNames, alertOf } from './catalogue.ts';

/** Whether an alert calls a person at once, whatever a run does for the service (Quick Reference: APIDown). */
export const asksForPerson = (alert: AlertName | undefined): boolean =>
  alert !== undefined && alertOf(alert).action === 'escalate';

/** Alerts that joined a run and that its last look did not know of. Pure. */
export const unseenAlerts = (joined: readonly string[] = [], known: readonly string[] = []): AlertName[] =>
  firingAlerts(undefined, joined).filter((name) => !known.includes(name));

/**
 * The alerts that a run is about: its own, and those that joined it. In the catalogue's order, so that it makes no
 * difference which of two came first. An alert that asks for a person has called one when it joined, and changes nothing
 * here. Pure.
 */
export function firingAlerts(own: AlertName | undefined, joined: readonly string[] = []): AlertName[] {
  return alertNames.filter((name) => name === own || (joined.includes(name) && !asksForPerson(name)));
}
