/** What a caller can choose about a simulated service, and the defaults. Durations are seconds, rates per second. */

import { type CacheOptions, DEFAULT_CACHE } from './cache.ts';
import { type DatabasePool, DEFAULT_POOL } from './database-pool.ts';
import type { MeasuredSecond } from './measures.ts';
import type { Trouble } from './trouble.ts';

/** Offered requests per second, `secondsSinceStart` after the world's start. */
export type Arrivals = (secondsSinceStart: number) => number;

/** How a task definition differs from a good one. */
export interface RevisionBehaviour {
  /** CPU time and latency of a request, relative to a good revision. */
  cost?: number;
  /** Share of requests answered with 5xx, 0 to 1. */
  errorShare?: number;
  failsHealthCheck?: boolean;
  /** The essential container exits this long after RUNNING. */
  exitsAfterSeconds?: number;
}

export interface ServiceOptions {
  cluster: string;
  name: string;
  desiredCount: number;
  arrivals: Arrivals;
  /** `family:revision`; default `NAME:42`. The two revisions before it are known and ACTIVE. */
  taskDefinition?: string;
  /** From PROVISIONING to RUNNING; default 40. AWS promises nothing, 25 to 60 was measured. */
  taskStartSeconds?: number;
  /** From RUNNING until the target is healthy; default 10. */
  healthCheckSeconds?: number;
  /** How long a task may fail the load balancer's health check before ECS stops it; default 60. */
  healthCheckGraceSeconds?: number;
  /** Deregistration delay of the target group: how long a stopping task drains; default 30. */
  drainSeconds?: number;
  /** Requests per second of one task at 100 % CPU; default 400 per minute. */
  capacityPerTask?: number;
  /** Mean response time of an idle task; default 0.06. */
  baseLatencySeconds?: number;
  /** Requests that can wait in one task; default 20 seconds' worth. */
  queueSlots?: number;
  /** After this a waiting client (or the load balancer) gives up; default 30. */
  clientTimeoutSeconds?: number;
  dbPool?: Partial<DatabasePool>;
  cache?: Partial<CacheOptions>;
  /** Resident memory of a fresh task, percent; default 45. */
  memoryPercent?: number;
  troubles?: readonly Trouble[];
  /** Behaviour of revisions by number; each is registered as ACTIVE. */
  revisions?: Readonly<Record<number, RevisionBehaviour>>;
  /** Simulated before the start, so that alarms find points; default 0, at most some hours make sense. */
  historySeconds?: number;
  /** A whole minute is visible this long after its end; default 60. */
  metricDelaySeconds?: number;
  /** P99 that enough tasks keep (threshold table, warning); default 1.5. */
  p99WarningSeconds?: number;
  circuitBreaker?: { enable: boolean; rollback: boolean };
  /** Of the deployment configuration; default 100 and 200. */
  minimumHealthyPercent?: number;
  maximumPercent?: number;
  /** What the API's health endpoint says with 200, in place of its usual body. */
  healthBody?: string | undefined;
  /** `undefined` for a service that no load balancer sends anything: its containers check their own health. */
  targetGroupArn?: string | undefined;
  /** Called once with each second after the start, in order, as it is simulated. */
  onSecond?: (second: MeasuredSecond) => void;
}

/** All options with their defaults filled in. */
export type Settings = Required<Omit<ServiceOptions, 'dbPool' | 'cache'>> & {
  dbPool: DatabasePool;
  cache: CacheOptions;
};

/** Fills in the defaults. Throws a RangeError for a count that is not a whole number from 0. */
export function settingsOf(options: ServiceOptions): Settings {
  requireCount(options.desiredCount);
  const capacityPerTask = options.capacityPerTask ?? 400 / 60;
  return {
    taskDefinition: `${options.name}:42`,
    taskStartSeconds: 40,
    healthCheckSeconds: 10,
    healthCheckGraceSeconds: 60,
    drainSeconds: 30,
    capacityPerTask,
    baseLatencySeconds: 0.06,
    queueSlots: 20 * capacityPerTask,
    clientTimeoutSeconds: 30,
    memoryPercent: 45,
    troubles: [],
    revisions: {},
    historySeconds: 0,
    metricDelaySeconds: 60,
    p99WarningSeconds: 1.5,
    circuitBreaker: { enable: true, rollback: true },
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    healthBody: undefined,
    onSecond: () => undefined,
    targetGroupArn: `arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/${options.name}/0123456789abcdef`,
    ...options,
    dbPool: { ...DEFAULT_POOL, ...options.dbPool },
    cache: { ...DEFAULT_CACHE, ...options.cache },
  };
}

/** Throws a RangeError unless `count` can be a desired count. */
export function requireCount(count: number): void {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`desired count must be a whole number from 0, not ${count}`);
  }
}

/** Splits `family:revision`. Throws an Error when there is no revision. */
export function parseRevision(taskDefinition: string): { family: string; revision: number } {
  const match = /^([A-Za-z0-9_-]+):([0-9]+)$/.exec(taskDefinition);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`task definition must be family:revision, not ${JSON.stringify(taskDefinition)}`);
  }
  return { family: match[1], revision: Number(match[2]) };
}
