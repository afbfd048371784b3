import type { MetricName, MonitoringFault } from './types.ts';

/** A trouble holds from `from` until `until`, in seconds since the start of the world. */
export type Trouble = { from: number; until: number } & TroubleKind;

type TroubleKind =
  /** Every query holds its connection `factor` times as long. */
  | { kind: 'slow-queries'; factor: number }
  /** Other users of PgBouncer hold this many server connections. */
  | { kind: 'connections-held'; connections: number }
  | { kind: 'redis-down' }
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
  /** Someone deploys this revision at `from`. */
  | { kind: 'deployment'; revision: number }
  | { kind: 'metric-fault'; metric: MetricName; fault: MetricFault }
  /** CloudWatch shows the minutes that end meanwhile only this long after their end. */
  | { kind: 'metric-delay'; seconds: number }
  /** What the tasks' `/metrics`, and so Prometheus, say. */
  | { kind: 'monitoring-fault'; fault: MonitoringFault };

/** The metric has no points, has NaN, or repeats its last value from before. */
export type MetricFault = 'missing' | 'nan' | 'frozen';

/** Families of Fargate start errors (Amazon ECS stopped tasks error codes). */
export type StartError = 'CannotPullContainerError' | 'ResourceInitializationError';

/** The sum of all troubles at one moment. */
export interface Conditions {
  /** CPU time of a request, relative to normal. */
  cost: number;
  holdFactor: number;
  connectionsHeld: number;
  databaseDown: boolean;
  redisDown: boolean;
  apiDown: boolean;
  endpointsDown: readonly ('api' | 'mcp')[];
  leakPercentPerHour: number;
  startError: StartError | undefined;
  exitsAfterSeconds: number | undefined;
  spareTasks: number;
  bots: readonly { requestsPerSecond: number; cost: number }[];
}

const CALM: Conditions = {
  cost: 1,
  holdFactor: 1,
  connectionsHeld: 0,
  databaseDown: false,
  redisDown: false,
  apiDown: false,
  endpointsDown: [],
  leakPercentPerHour: 0,
  startError: undefined,
  exitsAfterSeconds: undefined,
  spareTasks: Number.POSITIVE_INFINITY,
  bots: [],
};

/** Without the cache each request costs more CPU and holds its connection longer. */
const CACHE_MISS = { cost: 1.7, holdFactor: 6 };

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
      return {
        ...was,
        redisDown: true,
        cost: was.cost * CACHE_MISS.cost,
        holdFactor: was.holdFactor * CACHE_MISS.holdFactor,
      };
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
    case 'deployment':
    case 'metric-fault':
    case 'metric-delay':
    case 'monitoring-fault':
      return was;
  }
}

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
