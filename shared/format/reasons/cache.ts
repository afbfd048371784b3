import type { WhyHeld } from '../../cache/next-relief.ts';
import type { ReliefCode } from '../../document/cache-relief.ts';
import { memoryText, reliefWords } from '../cache/relief.ts';
import { rounded } from '../numbers.ts';

type Memory = { memory: { counted: number; limit: number } };

/** Why a relief was left out, as the end of a sentence. */
const omissions = {
  'not-full': 'the cache is not full',
  'evicts-already': 'its policy evicts already',
  'keeps-lasting-keys':
    'its policy keeps the keys without a time to live, and whoever chose it wants them kept',
  'no-prefixes': 'the configuration names no keys that can be made again (cache.prefixes)',
  'no-keys': 'there is no key of cache.prefixes',
  'not-counted': 'its keys could not be counted',
  'not-asked-for': 'nobody has asked for it ("flush": true)',
} as const;

type Held = Exclude<WhyHeld['because'], 'for-person' | 'not-limited' | 'omitted'>;

const heldTexts: Record<Held, string> = {
  'nothing-wrong': 'nothing is wrong with the cache',
  'loads-by-itself': 'the cache loads its keys from disk; it ends by itself',
  'clients-not-memory': 'the cache refuses clients: no key and no policy changes that',
  'takes-no-writes': 'the cache takes no writes, and not for want of memory',
  'commands-not-memory': 'slow commands keep everybody waiting: no key and no policy changes that',
  'not-reached': 'the cache cannot be reached',
  'not-known': 'what is wrong with the cache is unknown, so nothing is done to it',
  'not-helped': 'what was done has not relieved it',
  'not-flushed': 'the flush that was asked for was not done',
  'database-loaded':
    'PostgreSQL is loaded above its limit since keys were removed (cache.mostActiveSessions)',
  'database-unknown': 'how PostgreSQL bears it is unknown',
  'no-reliever': 'no user that may relieve it is configured (cache.reliefSecret): a person has to',
};

/** What is to be done to a cache, or why nothing is. */
export const cacheReasons = {
  /** What the cache itself says, in the words of its finding. */
  'cache-says': ({ said }: { said: string }) => said,
  'cache-held': ({ why }: { why: Held }) => heldTexts[why],
  'relief-for-person': ({ relief }: { relief: ReliefCode }) =>
    `${reliefWords[relief].name}: only a person can, AWS or the server's users do not let a run`,
  'relief-not-limited': ({ relief }: { relief: ReliefCode }) =>
    `${reliefWords[relief].name}: not without a limit for the database (cache.mostActiveSessions)`,
  'relief-left-out': ({ relief, why }: { relief: ReliefCode; why: keyof typeof omissions }) =>
    `${reliefWords[relief].name}: ${omissions[why]}`,
  'cache-relieved': ({ memory }: Memory) => `the cache takes writes: ${memoryText(memory)}`,
  'cache-fine': () => 'nothing is wrong with the cache',
  /** What a relief did, in its own words. */
  'relief-done': ({ said }: { said: string }) => said,
  'policy-not-held': () => 'no policy is to be given back: no run has set one that is still in force',
  'policy-of-person': ({ policy }: { policy: string }) =>
    `somebody else has set the policy ${policy} since, and it stays`,
  'policy-is-back': ({ policy }: { policy: string }) => `the policy is ${policy} again`,
  'policy-would-refuse': ({ policy, share }: { policy: string; share: number }) =>
    `the memory is above ${rounded(share * 100)} % of its limit: under ${policy} writes would fail at once`,
  'policy-unread': ({ said }: { said: string }) => `the policy could not be read: ${said}`,
};
