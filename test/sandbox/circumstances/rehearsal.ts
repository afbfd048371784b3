import { join } from 'node:path';
import { withCircumstances } from '../../../sandbox/circumstances/play.ts';
import {
  circumstancesOf,
  type ReadCircumstances,
  readCircumstances,
} from '../../../sandbox/circumstances/read.ts';
import type { ClientOptions } from '../../../sandbox/clients.ts';
import { clients } from '../../../sandbox/clients.ts';
import { readConfig } from '../../../sandbox/config-files.ts';
import { createSandbox, sandboxStart } from '../../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../../sandbox/scenario-play.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';

const config = readConfig('production');
const service = 'buywhere-api';
export const settings = serviceConfig(config, service);

/** What names the service and its scalable target in calls. */
export const named = { cluster: settings.cluster, service: settings.service };
export const scalable = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: `service/${settings.cluster}/${settings.service}`,
} as const;

/** The circumstances of a case from the field. */
export const caseOf = (name: string) =>
  readCircumstances(join(import.meta.dirname, '..', '..', 'cases', `${name}.json`));

export const given = (circumstances: Record<string, unknown>) => circumstancesOf(circumstances);

/** A sandbox under circumstances, with real SDK clients, in which no run starts. To be closed. */
export async function rehearse(read: ReadCircumstances, seed = 1) {
  const plain = scenarioPlay(read.given.scenario ?? 'traffic-spike', settings, seed);
  const { world, besides } = await withCircumstances(plain, read, { config, service, seed });
  const sandbox = createSandbox({
    config,
    service,
    world,
    seed,
    alarmsStartRuns: false,
    ...(besides ? { besides } : {}),
  });
  const options: ClientOptions = { caller: 'person', region: config.region, handle: sandbox.aws.handle };
  return {
    ...sandbox,
    ecs: clients.ecs(options),
    scaling: clients.autoscaling(options),
    cloudWatch: clients.cloudwatch(options),
    /** Moves to this second after the start. */
    until: (seconds: number) => {
      const { time } = sandbox;
      const end = sandboxStart.getTime() + seconds * 1000;
      return time.runUntil(() => time.now() >= end, end - time.now());
    },
  };
}
