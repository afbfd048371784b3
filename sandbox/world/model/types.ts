import type { CacheState } from './cache.ts';
import type { PoolServer, PoolSizes } from './database-pool.ts';
import type { ServiceDeploymentRecord, SimulatedDeployment } from './deployment.ts';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

/** One Fargate task, with the fields that ECS reports. */
export interface SimulatedTask {
  id: string;
  taskDefinition: string;
  deploymentId: string;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  createdAt: number;
  startedAt?: number;
  stoppingAt?: number;
  stoppedAt?: number;
  stopCode?: string;
  stoppedReason?: string;
  /** Passes the load balancer's health check and gets traffic. */
  healthy: boolean;
}

/** Counts of a load balancer that holds other services as well. */
export type SharedMetric = 'RequestCount' | 'HTTPCode_Target_5XX_Count' | 'HTTPCode_ELB_5XX_Count';

/** Metric names are CloudWatch's, plus the custom ones that the service publishes itself. */
export type MetricName =
  | 'CPUUtilization'
  | 'MemoryUtilization'
  | 'TargetResponseTime'
  | 'RequestCount'
  | 'RequestCountPerTarget'
  | 'HTTPCode_Target_5XX_Count'
  | 'HTTPCode_ELB_5XX_Count'
  | `LoadBalancer.${SharedMetric}`
  | 'HealthyHostCount'
  | 'UnHealthyHostCount'
  | 'DBPoolUsage'
  | 'PgBouncerPoolUsage'
  | 'PgBouncerWaitTime';

/** One point of a metric: the start of its period and its value; periods without data have no point. */
export interface Datapoint {
  at: number;
  value: number;
}

/** The PgBouncers of a service and their PostgreSQL at one moment. Counts are of all PgBouncers together. */
export interface DatabasePools {
  servers: readonly PoolServer[];
  /** Connections of tasks, whether they ask for something or not. */
  clients: number;
  waitingClients: number;
  /** How long a client waits. */
  waitSeconds: number;
  /** Server connections that serve a request, and how long each does. */
  busy: number;
  holdSeconds: number;
  /** Server connections that tasks keep for themselves. */
  pinned: number;
  /** Server connections in a transaction that does nothing, and since when. */
  held: { connections: number; seconds: number };
  /** Server connections that nobody uses: what the least size keeps, where PostgreSQL has slots for it. */
  idle: number;
  /** Queries that have ended since the start. */
  queries: number;
  maxConnections: number;
  directConnections: number;
  /** PostgreSQL answers nobody. */
  down: boolean;
}

/** One simulated ECS service behind a load balancer. */
export interface SimulatedService {
  readonly cluster: string;
  readonly name: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly desiredCount: number;
  /** Tasks in lastStatus RUNNING. */
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly taskDefinition: string;
  /** Known task definitions, `family:revision` -> status. */
  readonly taskDefinitions: ReadonlyMap<string, 'ACTIVE' | 'INACTIVE'>;
  /** Including stopped tasks of the last hour. */
  readonly tasks: readonly SimulatedTask[];
  readonly deployments: readonly SimulatedDeployment[];
  readonly history: readonly ServiceDeploymentRecord[];
  /** Newest first, at most 100. */
  readonly events: readonly { id: string; at: number; message: string }[];

  /** Sets the desired count; starts or stops tasks as ECS does. */
  setDesiredCount(count: number): void;
  /** Starts a rolling deployment (new definition, or the same one with force). */
  deploy(taskDefinition: string): void;
  /** Stops the running deployment and rolls back to the last completed one. */
  rollBackDeployment(): void;
  /** Goes on with a deployment that waits at a PAUSE hook, or rolls it back. */
  endPause(action: 'CONTINUE' | 'ROLLBACK'): void;
  /** As DescribeServices shows it. */
  readonly deploymentConfiguration: {
    minimumHealthyPercent: number;
    maximumPercent: number;
    /** A deployment that begins now would pause before its first task. */
    pauses: boolean;
  };
  /**
   * Points of a metric with start time in [from, to), newest last. `statistic`: `Average | Sum | Minimum | Maximum |
   * SampleCount | pNN`. `periodSeconds`: 60 or a multiple; 10 and 20 also work for CPU and memory.
   */
  datapoints(
    metric: MetricName,
    statistic: string,
    periodSeconds: number,
    from: number,
    to: number,
  ): Datapoint[];
  /** The health endpoint of the API or of the MCP server, as a client would see it now. */
  health(endpoint: 'api' | 'mcp'): { status: number; latencyMilliseconds: number; body: string } | 'timeout';
  /** A statistic of the whole minute that begins at `at`, as it was: without CloudWatch's delay and faults. */
  minute(metric: MetricName, statistic: string, at: number): number | undefined;
  /** Text of the `/metrics` of a task, by default one chosen at random, in Prometheus format. */
  metricsPage(taskId?: string): string;
  /** Text of the `/metrics` of the exporter beside PgBouncer. */
  pgbouncerPage(): string;
  /** What PgBouncer and PostgreSQL would say of themselves now. */
  databasePools(): DatabasePools;
  /** The sizes of each PgBouncer. */
  readonly poolSizes: readonly PoolSizes[];
  /** SET at the console of a PgBouncer: holds until it restarts. */
  setPool(server: number, setting: keyof PoolSizes, value: number): void;
  /** A PgBouncer ends and begins again, with what its file says; where it is a task, another one comes in its place. */
  restartPool(server: number): void;
  /** One more task of PgBouncer's ECS service runs. */
  joinPool(): void;
  /** The ECS service whose tasks the PgBouncers are. */
  readonly poolService: { cluster: string; name: string } | undefined;
  /** What is to be known of the cache now. */
  cache(): SimulatedCache;
  /** What is wrong with the tasks' `/metrics`, and so with Prometheus, at a moment, and since when. */
  monitoringFault(at: number): { fault: MonitoringFault; from: number } | undefined;
  /** Counters since the start, for reports: seconds with p99 above `seconds`, and task-seconds run and needed. */
  measures(p99LimitSeconds: number): {
    secondsAboveLatencyThreshold: number;
    overProvisionedTaskSeconds: number;
    /** First moment at or after `since` at which enough healthy tasks ran for the demand of that moment, if any. */
    enoughTasksAt(since: number): number | undefined;
  };
}

/** The cache that the tasks use. */
export interface SimulatedCache {
  /** Nobody listens at its address. */
  down: boolean;
  /** Connections of the tasks and of others. */
  clients: number;
  /** Its clock, epoch milliseconds. */
  at: number;
  /** Its keys and counters; whoever changes them changes what the tasks find. */
  state: CacheState;
  /** It reads its keys from disk, and answers nothing else until then. */
  loading?: { secondsLeft: number };
  /** Why it takes no write: it is a replica, or its last snapshot failed. */
  readOnly?: 'replica' | 'snapshot';
  /** Commands that kept everybody waiting, newest first. */
  slow?: readonly { at: number; milliseconds: number; words: readonly string[] }[];
}

/** The world: a number of services that advance together in virtual time, lazily, whenever they are looked at. */
export interface World {
  now(): number;
  /** Simulates up to the present virtual time. Called by every reader before it reads. */
  advance(): void;
  service(cluster: string, name: string): SimulatedService | undefined;
  readonly services: readonly SimulatedService[];
}

/**
 * `lying`: low rates and latencies, whatever happens. `frozen`: the values of the fault's beginning, for ever. `nan`,
 * `missing`: every value is NaN, or none is there. `delayed`: three minutes late. `down`: Prometheus does not answer.
 */
export type MonitoringFault =
  | 'lying'
  | 'frozen'
  | 'nan'
  | 'missing'
  | 'delayed'
  | 'down'
  /** The latency histogram ends at a second: whatever is slower is in its last bucket. */
  | 'last-bucket';
