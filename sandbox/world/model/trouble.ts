import type { MetricName, MonitoringFault } from './types.ts';

/** A trouble holds from `from` until `until`, in seconds since the start of the world. */
export type Trouble = { from: number; until: number } & TroubleKind;

type TroubleKind =
  /** Every query holds its connection `factor` times as long. */
  | { kind: 'slow-queries'; factor: number }
  /** Other users of PgBouncer hold this many server connections. */
  | { kind: 'connections-held'; connections: number }
  | { kind: 'redis-down' }
  /** A job writes keys without a time to live, until it removes them at the end. */
  | { kind: 'redis-fills'; mebibytesPerMinute: number }
  /** One command every so many seconds takes so long, and everybody else waits. */
  | { kind: 'redis-slow'; milliseconds: number; everySeconds: number }
  /** It reads its keys from disk, and answers nothing else until then. */
  | { kind: 'redis-loading' }
  /** It takes no write: it has become a replica, or cannot save its snapshot. */
  | { kind: 'redis-read-only'; because: 'replica' | 'snapshot' }
  /** Others hold so many client connections of it. */
  | { kind: 'redis-clients-held'; clients: number }
  | { kind: 'database-down' }
  /** All tasks fail the load balancer's health check. */
  | { kind: 'api-down' }
  | { kind: 'endpoint-down'; endpoint: 'api' | 'mcp' }
  | { kind: 'memory-leak'; percentPerHour: number }
  /** Tasks launched meanwhile never reach RUNNING. */
  | { kind: 'start-failure'; error: StartError }
  /** In tasks launched meanwhile the essential container exits this long after RUNNING. */
  | { kind: 'crash-loop'; exitsAfterSeconds: number }
  /** The vCPU quota leaves room for this many tasks beyond the initial desired count. */
  | { kind: 'no-capacity'; spareTasks: number }
  /** Extra requests, each costing `cost` of an ordinary one. */
  | { kind: 'bots'; requestsPerSecond: number; cost: number }
  /** So much of the ordinary traffic still comes: 0.02 when the way to the service is broken. */
  | { kind: 'traffic'; factor: number }
  /** Another service behind the same load balancer: its requests, its targets' 5xx, and the load balancer's own 5xx. */
  | {
      kind: 'neighbour';
      requestsPerMinute: number;
      targetErrorsPerMinute: number;
      errorsPerMinute: number;
    }
  /** Someone deploys this revision at `from`. */
  | { kind: 'deployment'; revision: number }
  /** Someone deploys the present revision once more at `from` (`--force-new-deployment`). */
  | { kind: 'restart' }
  /**
   * A deployment that begins meanwhile pauses before its first task (PAUSE hook) until somebody continues it, or its
   * hook's time-out is over: a day and a rollback, unless others are given.
   */
  | ({ kind: 'deployment-pause' } & PauseTimeout)
  /** Fargate Spot takes this many tasks away at `from`; the scheduler replaces them. */
  | { kind: 'spot-reclaim'; tasks: number }
  /** This many running tasks are killed for their memory at `from`. */
  | { kind: 'out-of-memory'; tasks: number }
  /** The load balancer's health check fails on overloaded tasks; after so long ECS stops them. */
  | { kind: 'load-balancer-kills'; failsAfterSeconds: number }
  | { kind: 'metric-fault'; metric: MetricName; fault: MetricFault }
  /** CloudWatch shows the minutes that end meanwhile only this long after their end. */
  | { kind: 'metric-delay'; seconds: number }
  /** What the tasks' `/metrics`, and so Prometheus, say. */
  | { kind: 'monitoring-fault'; fault: MonitoringFault };

/** When a pause ends that nobody ended, and how. Source: ECS API, DeploymentLifecycleHookTimeoutConfiguration. */
export interface PauseTimeout {
  timeoutMinutes?: number | undefined;
  timeoutAction?: 'CONTINUE' | 'ROLLBACK' | undefined;
}

/** The metric has no points, has NaN or zeros, or repeats its last value from before. */
export type MetricFault = 'missing' | 'nan' | 'frozen' | 'zero';

/** Families of Fargate start errors (Amazon ECS stopped tasks error codes). */
export type StartError = 'CannotPullContainerError' | 'ResourceInitializationError';
