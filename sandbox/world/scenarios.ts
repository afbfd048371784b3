/** The registry of scenarios: what happens to the service, by name. */

import type { CacheOptions } from './model/cache.ts';
import type { DatabasePool } from './model/database-pool.ts';
import type { Arrivals, RevisionBehaviour } from './model/options.ts';
import { mulberry32, type Random } from './model/random.ts';
import type { Trouble } from './model/trouble.ts';
import { type Corner, flashCrowd, piecewise } from './traffic/arrivals.ts';

export interface ScenarioOptions {
  seed: number;
  /** Requests per second on a quiet day; default 10, which three tasks serve at half their capacity. */
  baseline?: number;
}

/** What `createWorld` needs of a scenario; spread it into the options of a service. */
export interface Scenario {
  name: string;
  description: string;
  /** Traffic and troubles are back to normal by then, seconds since the start. */
  calmAfterSeconds: number;
  arrivals: Arrivals;
  troubles: readonly Trouble[];
  revisions: Readonly<Record<number, RevisionBehaviour>>;
  /** Where PgBouncer and PostgreSQL are other than configured. */
  dbPool?: Partial<DatabasePool>;
  cache?: Partial<CacheOptions>;
}

type Build = (baseline: number, random: Random) => Partial<Scenario>;

/** Quiet minutes before anything happens: alarms need points to compare with. */
const QUIET = 300;
const BASELINE = 10;
const END = 2400;
const BAD_REVISION = 43;

const quiet: Build = () => ({});
const trouble =
  (...troubles: Trouble[]): Build =>
  () => ({ troubles, calmAfterSeconds: Math.max(...troubles.map(({ until }) => until)) });
const shape =
  (...corners: Corner[]): Build =>
  (baseline, random) => ({
    arrivals: piecewise(baseline, [[0, 1], ...corners], random),
    calmAfterSeconds: Math.max(...corners.map(([seconds]) => seconds)),
  });

/** From 600 to 2,400 requests per minute within two minutes, for 25 minutes, and back within five. */
const spike: Build = (baseline, random) => {
  const start = QUIET + Math.floor(30 * random());
  const corners: Corner[] = [
    [start, 1],
    [start + 120, 4],
    [start + 1620, 4],
    [start + 1920, 1],
  ];
  return shape(...corners)(baseline, random);
};
const spikeWith =
  (...troubles: Trouble[]): Build =>
  (baseline, random) => ({ ...spike(baseline, random), ...trouble(...troubles)(baseline, random) });

const during = { from: QUIET, until: END };

const REGISTRY: Readonly<Record<string, readonly [description: string, build: Build]>> = {
  'traffic-spike': ['Traffic rises fourfold within two minutes and stays for 25 minutes.', spike],
  ramp: [
    'Traffic rises fourfold over half an hour.',
    shape([QUIET, 1], [QUIET + 1800, 4], [QUIET + 2400, 4], [QUIET + 3000, 1]),
  ],
  step: [
    'Traffic triples from one second to the next, for 20 minutes.',
    shape([QUIET, 1], [QUIET, 3], [1500, 3], [1500, 1]),
  ],
  'flash-crowd': [
    'Traffic rises tenfold within a minute and halves every eight minutes.',
    (baseline, random) => ({
      arrivals: flashCrowd(baseline, { at: QUIET, rise: 60, multiple: 10, halfLife: 480 }, random),
      calmAfterSeconds: 3900,
    }),
  ],
  plateau: [
    'Traffic rises to two and a half times and stays for an hour.',
    shape([QUIET, 1], [QUIET + 300, 2.5], [QUIET + 3900, 2.5], [QUIET + 4200, 1]),
  ],
  'bot-burst': [
    'Bots send four times the traffic in cheap requests for four minutes.',
    (baseline) => ({
      troubles: [
        { kind: 'bots', requestsPerSecond: 4 * baseline, cost: 0.15, from: QUIET, until: QUIET + 240 },
      ],
      calmAfterSeconds: 600,
    }),
  ],
  'slow-leak': [
    'Tasks leak memory, slow down and are killed one after the other.',
    trouble({ kind: 'memory-leak', percentPerHour: 60, ...during, until: QUIET + 4500 }),
  ],
  'slow-queries': [
    'Queries take sixty times as long; CPU stays low.',
    trouble({ kind: 'slow-queries', factor: 60, ...during }),
  ],
  'pool-exhaustion': [
    'A batch job holds most server connections of PgBouncer; more tasks make it worse.',
    // Three tasks keep just above the demand, five fall behind.
    (baseline) => ({
      troubles: [
        { kind: 'connections-held', connections: 69, ...during },
        { kind: 'slow-queries', factor: (60 * BASELINE) / baseline, ...during },
      ],
    }),
  ],
  'pool-too-small': [
    'Traffic rises by 70 %, and PgBouncer has its own default pool size of 20; PostgreSQL has room.',
    (baseline, random) => ({
      ...shape([QUIET, 1], [QUIET + 60, 1.7], [1920, 1.7], [2220, 1])(baseline, random),
      // Of 20 connections three tasks keep 15 for themselves, and five serve 16 requests per second.
      troubles: [{ kind: 'slow-queries', factor: (8 * BASELINE) / baseline, ...during }],
      dbPool: { poolSize: 20, minPoolSize: 0, pinnedPerTask: 5 },
    }),
  ],
  'redis-down': [
    'The cache is gone: every request costs more CPU and more queries.',
    trouble({ kind: 'redis-down', ...during }),
  ],
  'redis-full': [
    'A job fills the cache, which may remove nothing: writes fail, though it answers PING.',
    () => ({
      troubles: [{ kind: 'redis-fills', mebibytesPerMinute: 120, ...during }],
      cache: { policy: 'noeviction' },
    }),
  ],
  'redis-slow': [
    'Somebody lists all keys of the cache again and again, and every request waits.',
    trouble({ kind: 'redis-slow', milliseconds: 1200, everySeconds: 2, ...during }),
  ],
  'redis-loading': [
    'The cache has restarted, and reads its keys from disk for ten minutes.',
    trouble({ kind: 'redis-loading', from: QUIET, until: QUIET + 600 }),
  ],
  'bad-deployment': [
    'Someone deploys a revision that is slow and answers one request in twenty with 5xx.',
    () => ({
      troubles: [{ kind: 'deployment', revision: BAD_REVISION, from: QUIET, until: QUIET + 1 }],
      revisions: { [BAD_REVISION]: { cost: 1.8, errorShare: 0.05 } },
    }),
  ],
  'tasks-cannot-start': [
    'A traffic spike, and new tasks cannot pull their image.',
    spikeWith({ kind: 'start-failure', error: 'CannotPullContainerError', from: 0, until: END }),
  ],
  'no-capacity': [
    'A traffic spike, and the vCPU quota leaves room for one more task.',
    spikeWith({ kind: 'no-capacity', spareTasks: 1, from: 0, until: END }),
  ],
  'crash-loop': [
    'A traffic spike, and the essential container of new tasks exits at once.',
    spikeWith({ kind: 'crash-loop', exitsAfterSeconds: 5, from: 0, until: END }),
  ],
  'lying-metrics': [
    'A traffic spike, and the metrics endpoint reports hardly any requests, all of them fast.',
    spikeWith({ kind: 'monitoring-fault', fault: 'lying', from: 0, until: END }),
  ],
  'cloudwatch-delayed': [
    'A traffic spike, and CloudWatch is three minutes late.',
    spikeWith({ kind: 'metric-delay', seconds: 180, ...during }),
  ],
  quiet: ['Nothing happens.', quiet],
  'api-down': [
    'All tasks fail their health checks for ten minutes.',
    trouble({ kind: 'api-down', from: QUIET, until: QUIET + 600 }),
  ],
};

/** All names, in the order of the registry. */
export const scenarioNames: readonly string[] = Object.keys(REGISTRY);

/** Name and description of every scenario, for help texts. */
export const scenarioList: readonly { name: string; description: string }[] = Object.entries(REGISTRY).map(
  ([name, [description]]) => ({ name, description }),
);

/** Builds a scenario; the same seed gives the same. Throws an Error that lists the names when there is none such. */
export function createScenario(name: string, { seed, baseline = BASELINE }: ScenarioOptions): Scenario {
  const entry = Object.hasOwn(REGISTRY, name) ? REGISTRY[name] : undefined;
  if (entry === undefined) {
    throw new Error(`scenario must be one of ${scenarioNames.join(', ')}; not ${JSON.stringify(name)}`);
  }
  const [description, build] = entry;
  const random = mulberry32(seed);
  return {
    calmAfterSeconds: END,
    arrivals: piecewise(baseline, [[0, 1]], random),
    troubles: [],
    revisions: {},
    ...build(baseline, random),
    name,
    description,
  };
}
