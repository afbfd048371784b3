/** `/metrics` of a task and of PgBouncer's exporter, in the Prometheus text format, with the world's faults. */

import { inAll } from '../model/database-pool.ts';
import type { ServiceState, Task } from '../model/state.ts';
import { monitoringFaultAt } from '../model/troubles.ts';
import type { MonitoringFault } from '../model/types.ts';

/** Upper bounds of the latency histogram, seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10, 30];
const TASK_MEMORY_BYTES = 2 * 1024 ** 3;
/** A lying page: this share of the requests, none of them slow or failed, and this share of the connections. */
const LYING_SHARE = 0.05;
/** The last finite bound of a histogram that ends too early, seconds. */
export const LAST_BUCKET = 1;
/** How late a delayed page is. */
export const MONITORING_DELAY = 180_000;

/** The pages as they were when a freeze began, by service. */
const frozenPages = new WeakMap<ServiceState, Map<string, string>>();

/** One task's counters; of a random healthy task when none is named. Empty when there is no such task. */
export function metricsPage(state: ServiceState, taskId?: string): string {
  const healthy = state.tasks.filter((task) => task.healthy);
  const drawn = healthy[Math.floor(state.random.page() * healthy.length)];
  const task = taskId === undefined ? drawn : state.tasks.find(({ id }) => id === taskId);
  if (task === undefined) return '';
  return faultyPage(state, task.id, (lie) => taskPage(state, task, healthy.length, lie));
}

/** PgBouncer's pool of this service (prometheus-community/pgbouncer_exporter). */
export function pgbouncerPage(state: ServiceState): string {
  return faultyPage(state, 'pgbouncer', (lie) => {
    const { pool } = state.flow;
    const size = inAll(state.poolServers, 'default_pool_size');
    const labels = '{database="app",user="app"}';
    return [
      ...metric('pgbouncer_pools_server_active_connections', 'gauge', lie * pool.busyConnections, labels),
      ...metric('pgbouncer_databases_pool_size', 'gauge', size, '{name="app"}'),
      ...metric(
        'pgbouncer_stats_totals_client_wait_seconds_total',
        'counter',
        lie * pool.waitSecondsTotal,
        '{database="app"}',
      ),
      ...metric(
        'pgbouncer_stats_totals_sql_transactions_pooled_total',
        'counter',
        pool.transactionsTotal,
        '{database="app"}',
      ),
      '',
    ].join('\n');
  });
}

function faultyPage(state: ServiceState, key: string, page: (lie: number) => string): string {
  const fault = monitoringFaultAt(state.settings.troubles, (state.time - state.start) / 1000)?.fault;
  const pages = frozenPages.get(state) ?? new Map<string, string>();
  frozenPages.set(state, pages);
  if (fault !== 'frozen') pages.delete(key);
  return spoiled(fault, page, state.time, (text) => {
    const before = pages.get(key) ?? text;
    pages.set(key, before);
    return before;
  });
}

function spoiled(
  fault: MonitoringFault | undefined,
  page: (lie: number) => string,
  now: number,
  freeze: (text: string) => string,
): string {
  switch (fault) {
    case undefined:
    case 'down':
      return page(1);
    case 'lying':
      return page(LYING_SHARE);
    case 'frozen':
      return freeze(page(1));
    case 'missing':
      return '';
    case 'nan':
      return page(1).replace(/^([^#\n].*) \S+$/gm, '$1 NaN');
    case 'last-bucket':
      return page(1).replace(/^\S+_bucket\{le="(?!\+Inf)([\d.]+)"\} .*\n/gm, (line, bound) =>
        Number(bound) > LAST_BUCKET ? '' : line,
      );
    case 'delayed':
      return page(1).replace(/^([^#\n].*)$/gm, `$1 ${now - MONITORING_DELAY}`);
  }
}

function taskPage(state: ServiceState, task: Task, healthyTasks: number, lie: number): string {
  const lying = lie < 1;
  const checkedOut = (lie * state.flow.poolCheckedOut) / Math.max(1, healthyTasks);
  return [
    ...metric('http_requests_total', 'counter', counted(lie * task.requests)),
    ...metric('http_errors_total', 'counter', lying ? 0 : counted(task.errors)),
    ...histogram(task, lie),
    ...metric('db_connection_pool_checked_out', 'gauge', Math.round(checkedOut)),
    ...metric('db_connection_pool_size', 'gauge', state.settings.dbPool.connectionsPerTask),
    ...metric('process_cpu_seconds_total', 'counter', round(task.cpuSeconds)),
    ...metric(
      'process_resident_memory_bytes',
      'gauge',
      Math.round((task.memoryPercent / 100) * TASK_MEMORY_BYTES),
    ),
    ...metric('process_start_time_seconds', 'gauge', round((task.startedAt ?? state.time) / 1000)),
    '',
  ].join('\n');
}

const HELP: Readonly<Record<string, string>> = {
  http_requests_total: 'Requests answered by this task.',
  http_errors_total: 'Requests answered with 5xx by this task.',
  http_request_duration_seconds: 'Response time of requests to this task.',
  db_connection_pool_checked_out: 'Connections in use in the pool of this task.',
  db_connection_pool_size: 'Size of the pool of this task.',
  process_cpu_seconds_total: 'CPU time used.',
  process_resident_memory_bytes: 'Resident memory.',
  process_start_time_seconds: 'Start of the process, seconds since the epoch.',
  pgbouncer_pools_server_active_connections: 'Server connections linked to a client connection.',
  pgbouncer_databases_pool_size: 'Maximum number of server connections.',
  pgbouncer_stats_totals_client_wait_seconds_total: 'Time spent by clients waiting for a server.',
  pgbouncer_stats_totals_sql_transactions_pooled_total: 'SQL transactions pooled.',
};

function metric(name: string, type: string, value: number, labels = ''): string[] {
  return [`# HELP ${name} ${HELP[name]}`, `# TYPE ${name} ${type}`, `${name}${labels} ${value}`];
}

function histogram(task: Task, lie: number): string[] {
  const name = 'http_request_duration_seconds';
  const { latency } = task;
  const total = counted(lie * latency.requests);
  // All requests of a lying page are fast.
  const within = (bound: number) => (lie < 1 ? Math.min(1, bound / 0.1) : latency.shareWithin(bound));
  const count = (share: number) => counted(lie * latency.requests * share);
  return [
    `# HELP ${name} ${HELP[name]}`,
    `# TYPE ${name} histogram`,
    ...BUCKETS.map((bound) => `${name}_bucket{le="${bound}"} ${count(within(bound))}`),
    `${name}_bucket{le="+Inf"} ${total}`,
    `${name}_sum ${round(lie * latency.seconds)}`,
    `${name}_count ${total}`,
  ];
}

/**
 * A counter. The world's requests are a flow, so counts have fractions: whole numbers would make some buckets lag behind
 * others by a request, which is much in a window of a few seconds. Never less than before, or it would pass for a
 * restart: no rounding up, and a margin for the last digits.
 */
const counted = (value: number): number => Math.floor(1000 * value + 1e-3) / 1000;

const round = (value: number): number => Math.round(value * 1000) / 1000;
