import type { ServiceConfig } from '../../shared/config/service.ts';
import type { HttpAnswer } from '../../shared/lambda/context.ts';
import type { World } from '../world/model/types.ts';
import { simulatedPrometheus } from './api.ts';

/** A GET to one of the addresses that a service's configuration names. @throws TypeError, TimeoutError as fetch does */
export type HttpGet = (url: string, timeoutMilliseconds: number, largestBody?: number) => Promise<HttpAnswer>;

type Answer = { status: number; latencyMilliseconds: number; body: string } | 'timeout' | undefined;

/** How long the simulated Prometheus and `/metrics` take. */
const monitoringMilliseconds = 20;

/** The health endpoints, `/metrics` and the Prometheus HTTP API of a simulated service, at the configured addresses. */
export function endpointsOver(world: World, config: ServiceConfig, now: () => number): HttpGet {
  const { cluster, service: name, health, metricsUrl, prometheusUrl } = config;
  const service = () => world.service(cluster, name);
  const prometheus = simulatedPrometheus(service, config, now);
  const answerTo = (url: string): Answer => {
    if (url === health.api) return service()?.health('api');
    if (url === health.mcp) return service()?.health('mcp');
    if (prometheusUrl && url.startsWith(prometheusUrl)) {
      const answer = prometheus.answer(url.slice(prometheusUrl.length));
      return answer && { ...answer, latencyMilliseconds: monitoringMilliseconds };
    }
    if (url !== metricsUrl) return undefined;
    const body = service()?.metricsPage();
    // Without a healthy task the load balancer answers itself.
    return body === undefined
      ? undefined
      : { status: body === '' ? 503 : 200, latencyMilliseconds: monitoringMilliseconds, body };
  };
  return async (url, timeoutMilliseconds, largestBody = 2048) => {
    world.advance();
    const answer = answerTo(url);
    if (!answer) {
      const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      throw new TypeError(`nothing answers at ${new URL(url).origin}`, { cause });
    }
    const slow = answer === 'timeout' || answer.latencyMilliseconds > timeoutMilliseconds;
    await new Promise((resolve) =>
      setTimeout(resolve, slow ? timeoutMilliseconds : answer.latencyMilliseconds),
    );
    if (slow)
      throw Object.assign(new Error(`no answer within ${timeoutMilliseconds} ms`), { name: 'TimeoutError' });
    const truncated = answer.body.length > largestBody;
    return { ...answer, body: answer.body.slice(0, largestBody), ...(truncated ? { truncated } : {}) };
  };
}
