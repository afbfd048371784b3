import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import type { Config } from '../../shared/config/schema.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type { Clients } from '../aws/clients.ts';
import { createLoad } from '../aws/deployed/load.ts';

/** The traffic of the services, whose metrics come into CloudWatch as each minute ends. */
export interface World {
  /** Requests per minute that come to a service from now on. */
  offer(service: string, requestsPerMinute: number): void;
  /** Why it has ended before it was stopped. */
  failure(): unknown;
  stop(): Promise<void>;
}

/** What three tasks serve easily. */
export const quiet = 600;
/** What they do not, and six do. */
export const crowd = 1500;

const historyMilliseconds = 20 * 60_000;
const lookMilliseconds = 2000;

/** Starts with twenty quiet minutes, and goes on in real time with the tasks that run. */
export async function startWorld({ ecs, cloudWatch }: Clients, config: Config): Promise<World> {
  const services = Object.values(config.services).map((service) => ({
    service,
    offered: quiet,
    load: createLoad(service, cloudWatch, new Date(Date.now() - historyMilliseconds)),
  }));
  const running = async ({ cluster, service }: ServiceConfig) => {
    const answer = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    return answer.services?.[0]?.runningCount ?? 0;
  };
  const pass = async () => {
    for (const { service, offered, load } of services)
      await load(new Date(), offered, await running(service));
  };
  await pass();
  let stopped = false;
  let failure: unknown;
  const loop = (async () => {
    while (!stopped) {
      await pass();
      await new Promise((resolve) => void setTimeout(resolve, lookMilliseconds));
    }
  })().catch((error: unknown) => {
    failure = error;
  });
  return {
    offer(name, requestsPerMinute) {
      for (const one of services) if (one.service.service === name) one.offered = requestsPerMinute;
    },
    failure: () => failure,
    async stop() {
      stopped = true;
      await loop;
    },
  };
}
