import type { PauseTimeout, StartError, Trouble } from './trouble.ts';
import type { MonitoringFault } from './types.ts';

/** The troubles of a cache that is there, at one moment. */
export interface CacheTrouble {
  /** MiB that a job writes. */
  fillsPerSecond: number;
  clientsHeld: number;
  /** What a request waits for slow commands, and the longest of them. */
  waitSeconds: number;
  longestSeconds: number;
  /** Share of the requests that fail because the cache takes no write. */
  errorShare: number;
  /** Seconds since the start of the world. */
  loadsUntil?: number;
  readOnly?: 'replica' | 'snapshot';
}

/** The sum of all troubles at one moment. */
export interface Conditions {
  /** CPU time of a request, relative to normal. */
  cost: number;
  holdFactor: number;
  connectionsHeld: number;
  databaseDown: boolean;
  redisDown: boolean;
  /** What is wrong with a cache that is there. */
  cache: CacheTrouble;
  apiDown: boolean;
  endpointsDown: readonly ('api' | 'mcp')[];
  leakPercentPerHour: number;
  startError: StartError | undefined;
  exitsAfterSeconds: number | undefined;
  spareTasks: number;
  bots: readonly { requestsPerSecond: number; cost: number }[];
  /** Share of the ordinary requests that still come. */
  trafficFactor: number;
  /** What other services on the same load balancer get and fail, per second. */
  neighbour: { requestsPerSecond: number; targetErrorsPerSecond: number; errorsPerSecond: number };
  /** So long a task may be overloaded before the load balancer's health check has it stopped; undefined: for ever. */
  killsOverloadedAfterSeconds: number | undefined;
  /** How a deployment that begins now waits for an action; undefined: it does not. */
  deploymentPause: PauseTimeout | undefined;
}

const CALM: Conditions = {
  cost: 1,
  holdFactor: 1,
  connectionsHeld: 0,
  databaseDown: false,
  redisDown: false,
  cache: { fillsPerSecond: 0, clientsHeld: 0, waitSeconds: 0, longestSeconds: 0, errorShare: 0 },
  apiDown: false,
  endpointsDown: [],
  leakPercentPerHour: 0,
  startError: undefined,
  exitsAfterSeconds: undefined,
  spareTasks: Number.POSITIVE_INFINITY,
  bots: [],
  trafficFactor: 1,
  neighbour: { requestsPerSecond: 0, targetErrorsPerSecond: 0, errorsPerSecond: 0 },
  killsOverloadedAfterSeconds: undefined,
  deploymentPause: undefined,
};

/** What finds nothing in the cache costs more CPU and holds its connection longer. */
export const CACHE_MISS = { cost: 1.7, holdFactor: 6 };

/** Whether the trouble holds `seconds` after the start. */
export function isActive(trouble: Trouble, seconds: number): boolean {
  return seconds >= trouble.from && seconds < trouble.until;
}

/** The conditions `seconds` after the start. */
export function conditionsAt(troubles: readonly Trouble[], seconds: number): Conditions {
  let conditions = CALM;
  for (const trouble of troubles) {
    if (isActive(trouble, seconds)) conditions = worsen(conditions, trouble);
  }
  return conditions;
}

function worsen(was: Conditions, trouble: Trouble): Conditions {
  switch (trouble.kind) {
    case 'slow-queries':
      return { ...was, holdFactor: was.holdFactor * trouble.factor };
    case 'connections-held':
      return { ...was, connectionsHeld: was.connectionsHeld + trouble.connections };
    case 'redis-down':
      return { ...withoutCache(was), redisDown: true };
    case 'redis-loading':
      return {
        ...withoutCache(was),
        cache: { ...was.cache, loadsUntil: trouble.until },
      };
    case 'redis-fills': {
      const fillsPerSecond = was.cache.fillsPerSecond + trouble.mebibytesPerMinute / 60;
      return { ...was, cache: { ...was.cache, fillsPerSecond } };
    }
    case 'redis-slow': {
      const waitSeconds = was.cache.waitSeconds + waitFor(trouble);
      const longestSeconds = Math.max(was.cache.longestSeconds, trouble.milliseconds / 1000);
      return { ...was, cache: { ...was.cache, waitSeconds, longestSeconds } };
    }
    case 'redis-read-only':
      return { ...was, cache: { ...was.cache, readOnly: trouble.because } };
    case 'redis-clients-held': {
      const clientsHeld = was.cache.clientsHeld + trouble.clients;
      return { ...was, cache: { ...was.cache, clientsHeld } };
    }
    case 'database-down':
      return { ...was, databaseDown: true };
    case 'api-down':
      return { ...was, apiDown: true };
    case 'endpoint-down':
      return { ...was, endpointsDown: [...was.endpointsDown, trouble.endpoint] };
    case 'memory-leak':
      return { ...was, leakPercentPerHour: was.leakPercentPerHour + trouble.percentPerHour };
    case 'start-failure':
      return { ...was, startError: trouble.error };
    case 'crash-loop':
      return { ...was, exitsAfterSeconds: trouble.exitsAfterSeconds };
    case 'no-capacity':
      return { ...was, spareTasks: Math.min(was.spareTasks, trouble.spareTasks) };
    case 'bots':
      return { ...was, bots: [...was.bots, trouble] };
    case 'traffic':
      return { ...was, trafficFactor: was.trafficFactor * trouble.factor };
    case 'neighbour':
      return { ...was, neighbour: perSecond(trouble) };
    case 'load-balancer-kills':
      return { ...was, killsOverloadedAfterSeconds: trouble.failsAfterSeconds };
    case 'deployment-pause':
      return { ...was, deploymentPause: trouble };
    case 'deployment':
    case 'restart':
    case 'spot-reclaim':
    case 'out-of-memory':
    case 'metric-fault':
    case 'metric-delay':
    case 'monitoring-fault':
      return was;
  }
}

const withoutCache = (was: Conditions): Conditions => ({
  ...was,
  cost: was.cost * CACHE_MISS.cost,
  holdFactor: was.holdFactor * CACHE_MISS.holdFactor,
});

/** A request asks the cache so many times, one after the other. */
const ROUND_TRIPS = 5;

/** Who asks while a command runs waits for half of it on average. */
function waitFor({ milliseconds, everySeconds }: Extract<Trouble, { kind: 'redis-slow' }>): number {
  const seconds = Math.min(everySeconds, milliseconds / 1000);
  return (ROUND_TRIPS * seconds ** 2) / (2 * everySeconds);
}

const perSecond = (neighbour: Extract<Trouble, { kind: 'neighbour' }>): Conditions['neighbour'] => ({
  requestsPerSecond: neighbour.requestsPerMinute / 60,
  targetErrorsPerSecond: neighbour.targetErrorsPerMinute / 60,
  errorsPerSecond: neighbour.errorsPerMinute / 60,
});

/** The monitoring fault that holds `seconds` after the start, and since when. */
export function monitoringFaultAt(
  troubles: readonly Trouble[],
  seconds: number,
): { fault: MonitoringFault; from: number } | undefined {
  for (const trouble of troubles) {
    if (trouble.kind === 'monitoring-fault' && isActive(trouble, seconds)) {
      return { fault: trouble.fault, from: trouble.from };
    }
  }
  return undefined;
}

/** How long after its end CloudWatch shows the period that ends `seconds` after the start; undefined: as usual. */
export function metricDelayAt(troubles: readonly Trouble[], seconds: number): number | undefined {
  for (const trouble of troubles) {
    if (trouble.kind === 'metric-delay' && isActive(trouble, seconds)) return trouble.seconds;
  }
  return undefined;
}
