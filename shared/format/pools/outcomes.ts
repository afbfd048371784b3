import type { Outcome } from '../../pool/tune.ts';
import { rounded } from '../numbers.ts';
import { told } from '../unknown.ts';

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
    case 'no-effect':
      return `${instance}: PgBouncer answered SET, but ${setting} is still ${rounded(outcome.is)}, not ${rounded(to)}`;
    case 'unknown':
      return `${instance}: whether ${setting} is ${rounded(to)} is unknown: ${told(outcome.unknown).text}`;
  }
}
