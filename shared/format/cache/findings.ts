import { type EvictingPolicy, evictingPolicyFor, isManaged } from '../../cache/relief.ts';
import type { Cache } from '../../cache/types.ts';
import { type Finding, type FindingFacts, type HitRate, longMilliseconds } from '../../cache/verdict.ts';
import { addressOf, cachePort } from '../../config/servers/address.ts';
import type { ServiceConfig } from '../../config/service.ts';
import type { ServersRead } from '../../document/servers-read.ts';
import { type Advice, type Line, say, type } from '../advice.ts';
import { rounded } from '../numbers.ts';
import { many } from '../pools/words.ts';
import { duration } from '../text.ts';
import { told } from '../unknown.ts';
import { hitRateText, size } from './words.ts';

/** The cache that the lines are typed for. */
export interface Place {
  host: string;
  port: number;
  tls: boolean;
  /** Whether it asks for a login. */
  login: boolean;
  /** AWS runs it: no CONFIG there, a parameter group in its place. */
  managed: boolean;
  prefixes: readonly string[];
}

/** The place of a configured cache. Pure. */
export function placeOf(cache: NonNullable<ServiceConfig['cache']>): Place {
  const { host, port = cachePort, secret, tls, prefixes = [] } = cache;
  return {
    ...{ host, port, prefixes },
    tls: tls !== 'none',
    login: secret !== undefined,
    managed: isManaged(cache),
  };
}

type Words = { [Code in keyof FindingFacts]: (facts: FindingFacts[Code], place: Place) => Advice };

/** A user who may do more than read; the password is asked for, or taken from REDISCLI_AUTH. */
const cli = ({ host, port, tls, login }: Place, asks: boolean) =>
  `redis-cli -h ${host} -p ${port}${tls ? ' --tls' : ''}${login ? ` --user ADMIN${asks ? ' --askpass' : ''}` : ''}`;

const open = (place: Place): Line => type(cli(place, true));

/** What a removal of keys costs while so many reads find theirs. */
const costOf = (hitRate: HitRate | undefined): string =>
  hitRate === undefined ? 'no read was counted yet' : `${hitRateText(hitRate)} now`;

const policyCosts: Record<EvictingPolicy, string> = {
  'volatile-lru':
    'only keys with a time to live go, those first that were not used for long; it lasts while such keys are left.',
  'allkeys-lru': 'keys go that were not used for long, sessions and locks too if they are kept here.',
};

function policyLines(cache: Cache, place: Place): Line[] {
  const current = cache.memory.policy;
  const policy = current === 'volatile-lru' ? 'allkeys-lru' : evictingPolicyFor(cache);
  if (current.startsWith('allkeys-')) return [];
  const cost = say(`Let it evict (policy was ${current}). Cost: ${policyCosts[policy]}`);
  return place.managed
    ? [
        cost,
        type('aws elasticache modify-cache-parameter-group \\'),
        type('  --cache-parameter-group-name GROUP --parameter-name-values \\'),
        type(`  ParameterName=maxmemory-policy,ParameterValue=${policy}`),
      ]
    : [
        cost,
        open(place),
        type(`  CONFIG SET maxmemory-policy ${policy}`),
        say(`To keep it over a restart, in redis.conf: maxmemory-policy ${policy}`),
      ];
}

function memoryLines({ memory: { limit, counted } }: Cache, place: Place): Line[] {
  if (limit === 0) return [];
  if (place.managed)
    return [
      say('More memory: a larger node. Cost: a fail-over, and money.'),
      type('aws elasticache modify-replication-group --apply-immediately \\'),
      type('  --replication-group-id GROUP --cache-node-type LARGER'),
    ];
  return [
    say('More memory, if the host has it free (INFO memory: total_system_memory). Cost: none in hits.'),
    open(place),
    type(`  CONFIG SET maxmemory ${Math.round(Math.max(limit, counted) * 1.25)}`),
  ];
}

/** A key may hold line ends, and what comes after one is the beginning of no key. */
const keysOf = (ask: string, prefix: string) =>
  `${ask} --scan --pattern '${prefix}*' | awk 'index($0, "${prefix}") == 1'`;

/**
 * The keys of a prefix, counted first, then removed in batches: other clients wait a few milliseconds. A cluster takes
 * no command on keys of several slots.
 */
function prefixLines({ cluster }: Cache, place: Place, hitRate: HitRate | undefined): Line[] {
  if (place.prefixes.length === 0)
    return [say('Remove keys that can be made again: none is named in the configuration (cache.prefixes).')];
  const ask = cli(place, false);
  return [
    say(
      `Remove keys that can be made again, counted first${cluster ? ', on each primary' : ''}. Cost: they are read from the database until then (${costOf(hitRate)}).`,
    ),
    ...(place.login ? [type('read -rs REDISCLI_AUTH; export REDISCLI_AUTH')] : []),
    ...place.prefixes.flatMap((prefix) => [
      type(`${keysOf(ask, prefix)} | wc -l`),
      type(`${keysOf(ask, prefix)} |`),
      type(`  tr '\\n' '\\0' | xargs -0 -n ${cluster ? 1 : 500} ${ask} UNLINK`),
    ]),
  ];
}

/** The steps that there are, the mildest first. */
const numbered = (...steps: Line[][]): Line[] =>
  steps
    .filter((step) => step.length > 0)
    .flatMap((step, index) =>
      step.map((line, at) => (at === 0 && 'say' in line ? say(`${index + 1}. ${line.say}`) : line)),
    );

const noFlush = (hitRate: HitRate | undefined) =>
  say(
    `Not FLUSHALL: it empties everything, sessions too, and every read goes to the database (${costOf(hitRate)}).`,
  );

const words: Words = {
  ok: ({ cluster }) => ({
    text: `ok: it answers, and says of nothing that would keep reads or writes out${cluster ? '; of a cluster, this node alone was asked' : ''}`,
    lines: [],
  }),
  loading: ({ secondsLeft }) => ({
    text: `Loading: it reads its keys from disk and answers nothing else${secondsLeft === undefined ? '' : `, for about ${duration(secondsLeft)} more`}. Wait: a restart begins anew.`,
    lines: [],
  }),
  refusing: ({ clients, rejected }, place) => {
    const limit = clients?.limit === undefined ? 'maxclients' : `maxclients ${rounded(clients.limit)}`;
    const connected = clients ? `, ${many(clients.connected, 'client is', 'clients are')} connected` : '';
    const refused = rejected === undefined ? '' : `, ${rounded(rejected)} refused between two looks`;
    return {
      text: `Clients are refused: ${limit} is reached${connected}${refused}. More tasks make it worse.`,
      lines: [
        say(
          '1. Restart the tasks that leak connections, or give each a smaller pool. Cost: none in hits. Whose they are (addr, idle), once one gets in:',
        ),
        open(place),
        type('  CLIENT LIST'),
        ...(place.managed
          ? [say('2. End idle ones: timeout 300 in the parameter group. Cost: they connect anew.')]
          : [say('2. End idle ones. Cost: they connect anew.'), type('  CONFIG SET timeout 300')]),
      ],
    };
  },
  full: ({ cache, refused, hitRate }, place) => {
    const { used, limit, policy } = cache.memory;
    const failed = refused === undefined ? '' : `; ${many(refused, 'command')} refused between two looks`;
    return {
      text: `Full: writes fail although it answers PING: ${size(used)} of ${size(limit)} in use, policy ${policy}${failed}.`,
      lines: [
        ...numbered(policyLines(cache, place), memoryLines(cache, place), prefixLines(cache, place, hitRate)),
        noFlush(hitRate),
      ],
    };
  },
  'read-only': (facts, place) =>
    facts.because === 'replica'
      ? {
          text: `Read-only: this is a replica, and writes go to ${facts.host}:${facts.port}. The address of the tasks, or that of the configuration, is the wrong one, or there was a fail-over.`,
          lines: [open(place), type('  INFO replication')],
        }
      : facts.because === 'no-replica'
        ? {
            text: 'Read-only: it writes only while enough replicas follow it (min-replicas-to-write), and none does.',
            lines: [open(place), type('  INFO replication')],
          }
        : facts.because === 'append-only-file'
          ? {
              text: 'Read-only: it cannot write its append-only file, so it refuses writes. Its log says why; mostly the disk is full.',
              lines: place.managed ? [] : [say('Make room on its disk: writes come back by themselves.')],
            }
          : {
              text: 'Read-only: its last snapshot failed, so it refuses writes. Its log says why; mostly the disk is full.',
              lines: place.managed
                ? []
                : [
                    say('1. Make room on its disk, then:'),
                    open(place),
                    type('  BGSAVE'),
                    say(
                      '2. Writes at once. Cost: none in hits; what was written since is lost with a restart.',
                    ),
                    type('  CONFIG SET stop-writes-on-bgsave-error no'),
                  ],
            },
  evicting: ({ cache, evicted, seconds, hitRate }, place) => ({
    text: `Evicting: ${many(evicted, 'key')} removed in ${duration(seconds)} to make room (policy ${cache.memory.policy})${hitRate ? `, ${hitRateText(hitRate)}` : ''}. Usual for a full cache; too small where the hit rate falls.`,
    lines: memoryLines(cache, place),
  }),
  slow: ({ commands }, place) => {
    const longest = commands.reduce((most, other) => (other.milliseconds > most.milliseconds ? other : most));
    const what = `${longest.command} took ${rounded(longest.milliseconds)} ms, ${duration(longest.secondsAgo)} ago`;
    return {
      text: `Slow: ${many(commands.length, 'command')} of ${longMilliseconds} ms and more, and everybody waited: ${what}.`,
      lines: [say('Which keys, and who asked:'), open(place), type('  SLOWLOG GET 32')],
    };
  },
  unreachable: () => ({
    text: 'Unreachable, and the tasks may see the same: look at the server, its security group and its name.',
    lines: [],
  }),
  unknown: ({ what, unknown }) => ({
    text:
      what === 'cache'
        ? 'What is wrong with it is unknown.'
        : `${parts[what]} unknown: ${told(unknown).text}`,
    lines: [],
  }),
};

const parts: Record<Exclude<FindingFacts['unknown']['what'], 'cache'>, string> = {
  ping: 'PING is',
  slowlog: 'Slow commands are',
  'out-of-memory': 'Whether writes fail is',
  maxclients: 'How many clients it takes is',
  growth: 'Whether it still goes on is',
};

/** A finding for people. */
export const cacheAdvice = (finding: Finding, place: Place): Advice => advice(finding, place);

const advice = <Code extends keyof FindingFacts>(
  finding: { code: Code } & FindingFacts[Code],
  place: Place,
): Advice => words[finding.code](finding, place);

/** The same as it stands in a run's document, which shows nothing else of the cache: why it could not be read, too. */
export function cacheFinding(finding: Finding, place: Place): ServersRead['findings'][number] {
  const { text, lines } = cacheAdvice(finding, place);
  const unread = finding.code === 'unreachable' || (finding.code === 'unknown' && finding.what === 'cache');
  const why = unread ? [say(`${addressOf(place, cachePort)}: ${told(finding.unknown).text}`)] : [];
  return { code: finding.code, text, lines: [...why, ...lines] };
}
