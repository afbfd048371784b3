import type { Stop } from '../../cache/next-batch.ts';
import type { PolicyEnd } from '../../cache/policy.ts';
import type { Flushed } from '../../cache/relieve.ts';
import type { Unknown } from '../../core/unknown.ts';
import { rounded } from '../numbers.ts';
import { many } from '../pools/words.ts';
import { told } from '../unknown.ts';

/** What became of a change of the policy. */
export function policyText({ from, to }: { from: string; to: string }, end: PolicyEnd): string {
  const change = `maxmemory-policy ${from} → ${to}`;
  switch (end.code) {
    case 'set':
      return `${change}, until the server starts again`;
    case 'already':
      return `maxmemory-policy is ${to} already`;
    case 'person':
      return `somebody else has set maxmemory-policy ${end.policy}, and it stays`;
    case 'no-effect':
      return `${change} had no effect${end.unknown ? `: ${told(end.unknown).text}` : ''}`;
    default:
      return `${change} ${end.code === 'uncertain' ? 'is uncertain' : 'was not set'}: ${told(end.unknown).text}`;
  }
}

/** Why a removal of keys has ended, or pauses. */
export type UnlinkEnd = Stop | 'none-left' | 'waited-too-long' | { unknown: Unknown };

const ends: Record<Extract<UnlinkEnd, string>, string> = {
  'none-left': 'none of them is left',
  relieved: 'there is room again',
  'deadline-near': 'it goes on',
  'load-above-limit': 'it waits for the database, which is loaded above its limit',
  stopped: 'the switch is off',
  'memory-unknown': 'the memory could not be read',
  'load-unknown': 'the load of the database could not be read',
  'waited-too-long': 'the database stayed loaded above its limit',
};

/** "14,200 keys removed (page: 14,000, api: 200); there is room again". */
export function unlinkText(removed: readonly { prefix: string; keys: number }[], end: UnlinkEnd): string {
  const sum = removed.reduce((total, { keys }) => total + keys, 0);
  const each = removed.filter(({ keys }) => keys > 0).map(({ prefix, keys }) => `${prefix} ${rounded(keys)}`);
  const which = each.length > 0 ? ` (${each.join(', ')})` : '';
  const why = typeof end === 'string' ? ends[end] : `it broke off: ${told(end.unknown).text}`;
  return `${many(sum, 'key')} removed${which}; ${why}`;
}

/** What became of a flush that was, or was not, sent. */
export const flushText = (
  keys: number,
  end: Flushed | { code: 'load-above-limit' | 'load-unknown' },
): string => {
  switch (end.code) {
    case 'flushed':
      return `flushed: about ${many(keys, 'key')} gone`;
    case 'load-above-limit':
    case 'load-unknown':
      return `not flushed: ${end.code === 'load-unknown' ? ends['load-unknown'] : 'the database is loaded above its limit'}`;
    default:
      return `${end.code === 'refused' ? 'not flushed' : 'whether it was flushed is uncertain'}: ${told(end.unknown).text}`;
  }
};

/** An earlier call was about to flush, and its answer was lost. */
export const flushBegunText =
  'an earlier attempt has flushed it, or was about to: it is not sent twice; the number of keys says which';

/** The cache needed nothing any more when it was looked at right before. */
export const notNeededText = 'nothing was done: right before it, the cache did not need it any more';
