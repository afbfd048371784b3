/** The health endpoints as a client behind the load balancer sees them. */

import type { ServiceState } from '../model/state.ts';
import { cacheFails, conditionsNow } from '../traffic/cache.ts';

export type HealthAnswer = { status: number; latencyMilliseconds: number; body: string } | 'timeout';

/** A health check gives up after this, seconds. */
const HEALTH_TIMEOUT = 10;

/** 200 with `{"status":"ok"}`, 503 with what is down, or a time-out when requests queue too long. */
export function answerHealth(state: ServiceState, endpoint: 'api' | 'mcp'): HealthAnswer {
  const conditions = conditionsNow(state);
  const noCache = cacheFails(state, conditions);
  if (conditions.endpointsDown.includes(endpoint)) return 'timeout';
  if (!state.tasks.some((task) => task.healthy)) {
    return { status: 503, latencyMilliseconds: 2, body: '<h1>503 Service Temporarily Unavailable</h1>' };
  }
  const seconds = state.flow.latencySeconds;
  if (seconds > HEALTH_TIMEOUT) return 'timeout';
  const checks = {
    database: conditions.databaseDown ? 'down' : 'ok',
    redis: noCache ? 'down' : 'ok',
  };
  const healthy = !conditions.databaseDown && !noCache;
  return {
    status: healthy ? 200 : 503,
    latencyMilliseconds: Math.max(1, Math.round(seconds * 1000)),
    body:
      healthy && endpoint === 'api' && state.settings.healthBody !== undefined
        ? state.settings.healthBody
        : JSON.stringify({ status: healthy ? 'ok' : 'degraded', service: endpoint, checks }),
  };
}
