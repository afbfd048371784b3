/** The mutable state of one simulated service. */

import type { CacheState } from './cache.ts';
import type { PoolServer } from './database-pool.ts';
import type { ServiceDeploymentRecord, SimulatedDeployment } from './deployment.ts';
import type { LatencyMixture } from './latency.ts';
import type { Measures } from './measures.ts';
import type { Metrics } from './metrics.ts';
import type { RevisionBehaviour, Settings } from './options.ts';
import type { Random } from './random.ts';
import type { StartError } from './trouble.ts';
import type { SimulatedTask } from './types.ts';

/** A task with what only the simulation knows. */
export interface Task extends SimulatedTask {
  /** When `lastStatus` changes by itself; Infinity while RUNNING. */
  statusEndsAt: number;
  startMilliseconds: number;
  startError: StartError | undefined;
  behaviour: RevisionBehaviour;
  /** Becomes healthy at this moment unless a health check fails before. */
  healthyAt: number;
  /** Since when it fails health checks while RUNNING. */
  unhealthySince: number | undefined;
  /** Since when so much waits in it that a health check would time out. */
  overloadedSince: number | undefined;
  memoryPercent: number;
  /** How fast a leak fills this task, relative to the average. */
  leakFactor: number;
  cpuSeconds: number;
  queue: number;
  /** Since its start, for `/metrics`. */
  requests: number;
  errors: number;
  latency: LatencyMixture;
}

/** What the last second looked like, for the health endpoints and `/metrics`. */
export interface Flow {
  latencySeconds: number;
  poolCheckedOut: number;
  poolSize: number;
  /** PgBouncer: server connections in use, clients that wait for one, and its counters since the start. */
  pool: {
    busyConnections: number;
    waitingClients: number;
    waitSeconds: number;
    waitSecondsTotal: number;
    transactionsTotal: number;
  };
}

export interface ServiceState {
  settings: Settings;
  /** Moment 0 of arrivals and troubles, ms. */
  start: number;
  /** Simulated up to this moment, ms. */
  time: number;
  desiredCount: number;
  /** Newest last. */
  tasks: Task[];
  /** PRIMARY first. */
  deployments: SimulatedDeployment[];
  history: ServiceDeploymentRecord[];
  events: { id: string; at: number; message: string }[];
  taskDefinitions: Map<string, 'ACTIVE' | 'INACTIVE'>;
  steady: boolean;
  steadyEventAt: number;
  /** Back-off of the scheduler: rounds of failed starts, and when the next try is due. */
  backoff: { rounds: number; retryAt: number; placementEventAt: number };
  /** Launches that the rate limit still allows now. */
  launchTokens: number;
  /** Requests lost with tasks that ended in this second. */
  lostRequests: number;
  /** Traffic noise of the current minute, in standard deviations. */
  noise: { minute: number; value: number };
  flow: Flow;
  /** The PgBouncers in front of the database. */
  poolServers: PoolServer[];
  cache: CacheState;
  metrics: Metrics;
  measures: Measures;
  random: { ids: Random; start: Random; traffic: Random; page: Random };
}
