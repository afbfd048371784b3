import { type AlertName, alertNames, alertOf } from './catalogue.ts';

/**
 * The alerts that a run is about: its own, and those that joined it. In the catalogue's order, so that it makes no
 * difference which of two came first. An alert that asks for a person has called one when it joined, and changes nothing
 * here. Pure.
 */
export function firingAlerts(own: AlertName | undefined, joined: readonly string[] = []): AlertName[] {
  return alertNames.filter(
    (name) => name === own || (joined.includes(name) && alertOf(name).action !== 'escalate'),
  );
}
