/** The health endpoints and `/metrics` as a client behind the load balancer sees them. */

import type { ServiceState, Task } from './state.ts';
import { conditionsAt } from './troubles.ts';

export type HealthAnswer = { status: number; latencyMilliseconds: number; body: string } | 'timeout';

/** A health check gives up after this, seconds. */
const HEALTH_TIMEOUT = 10;
/** Upper bounds of the latency histogram, seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10, 30];
const TASK_MEMORY_BYTES = 2 * 1024 ** 3;

/** 200 with `{"status":"ok"}`, 503 with what is down, or a time-out when requests queue too long. */
export function answerHealth(state: ServiceState, endpoint: 'api' | 'mcp'): HealthAnswer {
  const conditions = conditionsAt(state.settings.troubles, (state.time - state.start) / 1000);
  if (conditions.endpointsDown.includes(endpoint)) return 'timeout';
  if (!state.tasks.some((task) => task.healthy)) {
    return { status: 503, latencyMilliseconds: 2, body: '<h1>503 Service Temporarily Unavailable</h1>' };
  }
  const seconds = state.flow.latencySeconds;
  if (seconds > HEALTH_TIMEOUT) return 'timeout';
  const checks = {
    database: conditions.databaseDown ? 'down' : 'ok',
    redis: conditions.redisDown ? 'down' : 'ok',
  };
  const healthy = !conditions.databaseDown && !conditions.redisDown;
  return {
    status: healthy ? 200 : 503,
    latencyMilliseconds: Math.max(1, Math.round(seconds * 1000)),
    body: JSON.stringify({ status: healthy ? 'ok' : 'degraded', service: endpoint, checks }),
  };
}

/** One task's counters in the Prometheus text format; empty when no task is healthy. */
export function metricsPage(state: ServiceState): string {
  const healthy = state.tasks.filter((task) => task.healthy);
  const task = healthy[Math.floor(state.random.page() * healthy.length)];
  if (task === undefined) return '';
  const { flow } = state;
  const share = 1 / healthy.length;
  return [
    ...metric('http_requests_total', 'counter', 'Requests answered by this task.', Math.round(task.requests)),
    ...metric(
      'http_errors_total',
      'counter',
      'Requests answered with 5xx by this task.',
      Math.round(task.errors),
    ),
    ...histogram(task),
    ...metric(
      'db_connection_pool_checked_out',
      'gauge',
      'Connections in use in the pool of this task.',
      Math.round(flow.poolCheckedOut * share),
    ),
    ...metric(
      'db_connection_pool_size',
      'gauge',
      'Size of the pool of this task.',
      state.settings.dbPool.connectionsPerTask,
    ),
    ...metric('process_cpu_seconds_total', 'counter', 'CPU time used.', round(task.cpuSeconds)),
    ...metric(
      'process_resident_memory_bytes',
      'gauge',
      'Resident memory.',
      Math.round((task.memoryPercent / 100) * TASK_MEMORY_BYTES),
    ),
    ...metric(
      'process_start_time_seconds',
      'gauge',
      'Start of the process, seconds since the epoch.',
      round((task.startedAt ?? state.time) / 1000),
    ),
    '',
  ].join('\n');
}

function metric(name: string, type: string, help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`];
}

function histogram(task: Task): string[] {
  const name = 'http_request_duration_seconds';
  const total = Math.round(task.requests);
  return [
    `# HELP ${name} Response time of requests to this task.`,
    `# TYPE ${name} histogram`,
    ...BUCKETS.map(
      (bound) => `${name}_bucket{le="${bound}"} ${Math.round(total * task.latency.shareWithin(bound))}`,
    ),
    `${name}_bucket{le="+Inf"} ${total}`,
    `${name}_sum ${round(task.latency.seconds)}`,
    `${name}_count ${total}`,
  ];
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
