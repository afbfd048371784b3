/** What is recorded of one second: metrics, the counters of each task, and the measures for reports. */

import { inAll } from '../model/database-pool.ts';
import type { LatencyMixture } from '../model/latency.ts';
import { type MeasuredSecond, measure } from '../model/measures.ts';
import { type Minute, type Slot, sample } from '../model/metrics.ts';
import type { ServiceState, Task } from '../model/state.ts';
import type { Conditions } from '../model/troubles.ts';
import { type Demand, neededTasks } from './demand.ts';
import type { PoolState } from './pool.ts';
import type { QueueOutput } from './queue.ts';

/** CPU of a task that does nothing, and what full load adds to its memory, percent. */
const IDLE_CPU = 2;
const LOAD_MEMORY = 10;
/** A busy task keeps its connections longer, up to this factor. */
const LONGEST_STRETCH = 5;
/** More failed requests than this and the second counts as one above every latency limit. */
const FAILURES_TOLERATED = 0.01;

/** One second of the service, filled in task by task. Counts are requests. */
export interface Second {
  minute: Minute;
  slot: Slot;
  demand: Demand;
  pool: PoolState;
  running: number;
  serving: number;
  unhealthy: number;
  served: number;
  failed: number;
  backlog: number;
  /** Part of the backlog that waits for a connection. */
  poolBacklog: number;
  heldConnections: number;
  /** Sum of the request costs of the serving tasks. */
  costs: number;
  latency: LatencyMixture;
}

/** What one task did. */
export interface TaskSecond {
  output: QueueOutput;
  cost: number;
  errorShare: number;
  /** Time in service, relative to that of an idle task. */
  stretch: number;
}

/** Adds one task to the second. */
export function recordTask(state: ServiceState, task: Task, second: Second, did: TaskSecond): void {
  const { output } = did;
  const errors = (output.served - output.expired) * did.errorShare;
  task.requests += output.served;
  task.errors += errors;
  task.cpuSeconds += output.utilisation;
  task.latency.add(output.meanSeconds, output.waitSeconds, output.served);
  second.latency.add(output.meanSeconds, output.waitSeconds, output.served);
  second.served += output.served;
  second.backlog += output.queue;
  if (output.poolBound) second.poolBacklog += output.queue;
  const longer = Math.min(LONGEST_STRETCH, did.stretch) - 1;
  const held = second.pool.holdSeconds + state.settings.dbPool.holdSeconds * longer;
  second.heldConnections += output.served * held;
  const { counters } = second.minute;
  counters.HTTPCode_Target_5XX_Count += errors;
  counters.HTTPCode_ELB_5XX_Count += output.overflow + output.expired;
  second.failed += errors + output.overflow + output.expired;
  if (task.lastStatus !== 'RUNNING') return;
  if (task.healthy) second.costs += did.cost;
  const cpu = IDLE_CPU + (100 - IDLE_CPU) * output.utilisation;
  const memory = Math.min(100, task.memoryPercent + LOAD_MEMORY * output.utilisation);
  for (const { gauges } of [second.minute, second.slot]) {
    sample(gauges.CPUUtilization, cpu);
    sample(gauges.MemoryUtilization, memory);
  }
}

/** Closes the second, once all tasks are in it. */
export function recordSecond(state: ServiceState, second: Second): void {
  countRequests(state, second);
  recordPool(state, second);
  const { gauges, latency } = second.minute;
  sample(gauges.HealthyHostCount, second.serving);
  sample(gauges.UnHealthyHostCount, second.unhealthy);
  latency.merge(second.latency);
  const { requests, seconds } = second.latency;
  if (requests > 0) state.flow.latencySeconds = seconds / requests;
  if (state.time >= state.start) judge(state, second);
}

/** What others on the same load balancer did in the second. */
export function recordNeighbour({ minute: { counters } }: Second, { neighbour }: Conditions): void {
  counters['Neighbour.RequestCount'] += neighbour.requestsPerSecond;
  counters['Neighbour.HTTPCode_Target_5XX_Count'] += neighbour.targetErrorsPerSecond;
  counters['Neighbour.HTTPCode_ELB_5XX_Count'] += neighbour.errorsPerSecond;
}

function countRequests(state: ServiceState, second: Second): void {
  const { counters } = second.minute;
  const { requestsPerSecond } = second.demand;
  const lost = state.lostRequests;
  state.lostRequests = 0;
  // Without a healthy target the load balancer answers 503 itself and counts no request.
  const refused = second.serving > 0 ? 0 : requestsPerSecond;
  counters.HTTPCode_ELB_5XX_Count += lost + refused;
  second.failed += lost + refused;
  if (second.serving === 0) return;
  counters.RequestCount += requestsPerSecond;
  counters.RequestCountPerTarget += requestsPerSecond / second.serving;
}

function recordPool(state: ServiceState, second: Second): void {
  const { pool, minute, running, served } = second;
  const poolSize = inAll(state.poolServers, 'default_pool_size');
  const size = running * state.settings.dbPool.connectionsPerTask;
  const checkedOut = Math.min(size, second.heldConnections + served * pool.waitSeconds + second.poolBacklog);
  const backlogWait = served > 0 ? second.poolBacklog / served : 0;
  const wait = Math.min(state.settings.clientTimeoutSeconds, pool.waitSeconds + backlogWait);
  const busy = Math.min(1, (pool.takenConnections + second.heldConnections) / poolSize);
  if (size > 0) sample(minute.gauges.DBPoolUsage, (100 * checkedOut) / size);
  sample(minute.gauges.PgBouncerPoolUsage, 100 * busy);
  sample(minute.gauges.PgBouncerWaitTime, 1000 * wait);
  state.flow.poolCheckedOut = checkedOut;
  state.flow.poolSize = size;
  state.flow.pool.busyConnections = Math.round(busy * poolSize);
  // Little's law; where nobody is served, all who came wait.
  state.flow.pool.waitingClients = served > 0 ? wait * served : second.poolBacklog;
  state.flow.pool.waitSeconds = wait;
  state.flow.pool.waitSecondsTotal += wait * served;
  state.flow.pool.transactionsTotal += served;
}

function judge(state: ServiceState, second: Second): void {
  const { demand, serving } = second;
  const requests = Math.max(demand.requestsPerSecond, second.failed);
  const failing = second.failed > FAILURES_TOLERATED * requests;
  const p99 = second.latency.p99(state.settings.clientTimeoutSeconds) ?? 0;
  const cost = serving > 0 ? second.costs / serving : demand.cost;
  const measured: MeasuredSecond = {
    at: state.time,
    p99Seconds: failing ? Number.POSITIVE_INFINITY : p99,
    running: second.running,
    healthy: serving,
    ...neededTasks(state.settings, demand, cost, second.backlog, second.pool),
    demanded: neededTasks(state.settings, demand, cost, 0, second.pool).needed,
  };
  measure(state.measures, measured);
  state.settings.onSecond(measured);
}
