import { createRequire } from 'node:module';
import { join } from 'node:path';
import { alarmBus } from '../../../resources/accounts/bus.ts';
import { letCallersIn } from '../../../resources/accounts/callers.ts';
import { templateThere } from '../../../resources/accounts/template.ts';
import type { Resource } from '../../../resources/service-alarms.ts';
import { roleThere } from '../../../shared/config/elsewhere.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { type Packaged, root } from '../../support/packaged.ts';
import { type Asked, asksOfFunction } from '../rights/asks.ts';

/** A stage as it would be packaged if its configuration named another account. */

const stageFile: { describeStage(config: Config): Record<string, unknown> } = createRequire(import.meta.url)(
  join(root, 'stage.cjs'),
);
const { describeStage } = stageFile;

export const shop = {
  account: '222233334444',
  region: 'eu-west-1',
  externalId: 'of-the-shop',
  iam: { permissionsBoundary: 'team-boundary', rolePath: '/scaling/' },
};

/** The stage with all its services in the other account. */
export function moved({ config: own }: Packaged): Config {
  const config = structuredClone(own);
  config.accounts = { shop };
  for (const service of Object.values(config.services)) service.account = 'shop';
  return config;
}

/** The stage with its own services, and one in the other account. */
export function beside({ config: own }: Packaged): Config {
  const config = structuredClone(own);
  const [service] = Object.values(config.services);
  config.accounts = { shop };
  if (service) config.services.checkout = { ...service, service: 'checkout', account: 'shop' };
  return config;
}

/** The stage's own template, and that of the other account, as the tests of packages read them. */
export function packagedWith(packaged: Packaged, config: Config) {
  const all: Record<string, Resource> = JSON.parse(
    JSON.stringify({ ...packaged.resources, ...alarmBus(config) }),
  );
  letCallersIn(all, config, describeStage);
  return { ...packaged, resources: all };
}

export const templateOf = (config: Config) => templateThere('shop', config, describeStage);

const ofTheService = /^(ecs|application-autoscaling|cloudwatch|iam):/;

/** What a function asks of the account of a service. */
export async function asksThere(packaged: Packaged, name: string): Promise<Asked[]> {
  const all = await asksOfFunction(packaged, name);
  return all.filter(({ action }) => ofTheService.test(action));
}

/** What a function asks of STS: one role in the other account, where it asks anything there. */
export async function askOfSts(packaged: Packaged, name: string, config: Config): Promise<Asked[]> {
  if ((await asksThere(packaged, name)).length === 0) return [];
  const resource = roleThere(name, 'shop', shop, config);
  return [{ action: 'sts:AssumeRole', resource, context: {}, open: false }];
}
