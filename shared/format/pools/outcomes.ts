import {
  type HeldPool,
  isSameSetting,
  type PoolOutcome,
  type PoolsRelief,
} from '../../document/pool-settings.ts';
import type { Outcome } from '../../pool/tune.ts';
import { rounded } from '../numbers.ts';
import { told } from '../unknown.ts';
import { many, wait } from './words.ts';

/** What became of a setting of a PgBouncer, for people. */
export function outcomeText(outcome: Outcome): string {
  const { instance, setting, to } = outcome;
  switch (outcome.code) {
    case 'set':
      return `${instance}: ${setting} ${rounded(outcome.from)} → ${rounded(to)}`;
    case 'already':
      return `${instance}: ${setting} is ${rounded(to)} already`;
    case 'person':
      return `${instance}: somebody else set ${setting} to ${rounded(outcome.is)}, and it stays`;
    case 'gone':
      return `${instance}: its task does not run any more, and ${setting} went with it`;
    case 'no-effect':
      return `${instance}: PgBouncer answered SET, but ${setting} is still ${rounded(outcome.is)}, not ${rounded(to)}`;
    case 'unknown':
      return `${instance}: whether ${setting} is ${rounded(to)} is unknown: ${told(outcome.unknown).text}`;
  }
}

/**
 * An outcome for the document. What was there already is a repeated call's own: it came from what was noted.
 * @param held what the incident had noted before
 */
export function poolOutcome(outcome: Outcome, held: readonly HeldPool[]): PoolOutcome {
  const { instance, setting, to, code } = outcome;
  const known = held.find((one) => isSameSetting(one, outcome));
  const from =
    'from' in outcome ? outcome.from : known && (known.before === to ? known.set.at(-1) : known.before);
  return {
    ...{ instance, setting, to, code, text: outcomeText(outcome) },
    ...(from === undefined ? {} : { from }),
    ...('is' in outcome ? { is: outcome.is } : {}),
  };
}

type Look = Pick<PoolsRelief, 'relief' | 'next'> & { clients: number; seconds: number };

/** Whether a raise of the pools has helped, for people. */
export function reliefText({ relief, next, clients, seconds }: Look): string {
  const waiting = `${many(clients, 'client still waits', 'clients still wait')} (longest ${wait(seconds)})`;
  const undone = next === 'undo' ? ', so it is given back' : '';
  switch (relief) {
    case 'relieved':
      return 'No client waits any more.';
    case 'better':
      return `It is better: ${waiting}.`;
    case 'no-better':
      return `It has not helped: ${waiting}${undone}.`;
    case 'lost':
      return `${waiting}: what was set is not in force any more${next === 'raise-again' ? ', so it is set again' : ''}.`;
    case 'slots-gone':
      return `PostgreSQL has no slot left${undone}.`;
    case 'unknown':
      return 'Whether it has helped is unknown: not everything could be read. It stays, within the budget.';
  }
}
