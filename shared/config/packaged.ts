import { InvalidInputError } from '../core/errors.ts';
import { firstOfEach } from '../core/first-of-each.ts';
import { frozen } from './frozen.ts';
import type { Config } from './schema.ts';
import type { ServiceConfig } from './service.ts';
import type { settingNames } from './settings.ts';

type SettingName = (typeof settingNames)[number];

/** What the functions need of a configuration that is already checked; its schema stays out of their bundles. */

/**
 * The configuration that was checked and put into the bundle when it was packaged.
 * @throws InvalidInputError where the code was not packaged.
 */
export function packagedConfig(text: string | undefined): Config {
  if (text === undefined)
    throw new InvalidInputError('configuration: the bundle holds none; make it with npm run package');
  const config: Config = JSON.parse(text);
  return frozen(config);
}

/**
 * The service of that key in the configuration.
 * @throws InvalidInputError that names the configured services.
 */
export function serviceConfig(config: Config, name: string): ServiceConfig {
  // A name such as `constructor` would find what every object inherits.
  const found = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
  if (!found) {
    const allowed = Object.keys(config.services).join(', ');
    throw new InvalidInputError(
      `service: "${name}" is not configured in ${config.environment}; allowed: ${allowed}`,
    );
  }
  return found;
}

/** The configuration as one service sees it: with its own thresholds, approvers and so on, where it has such. */
export function forService(config: Config, key: string): Config {
  const found = Object.hasOwn(config.services, key) ? config.services[key] : undefined;
  return found ? { ...config, ...given(settingsOf(found)) } : config;
}

/** What a function has, with the configuration as this service sees it; the stage's where no service is known. */
export const toolsFor = <Tools extends { config: Config }>(tools: Tools, key: string | undefined): Tools =>
  key === undefined ? tools : { ...tools, config: forService(tools.config, key) };

/** The stage's settings and those of its services, each different one once. */
export function allSettings(config: Config): Config[] {
  const all = [config, ...Object.keys(config.services).map((key) => forService(config, key))];
  return firstOfEach(all, (one) => JSON.stringify(settingsOf(one)));
}

/** What a stage sets for its services, and a service may set for itself. */
const settingsOf = ({ thresholds, planning, timing, limits, approval, notices }: Config | ServiceConfig) => ({
  thresholds,
  planning,
  timing,
  limits,
  approval,
  notices,
});

const given = (all: ReturnType<typeof settingsOf>): Partial<Pick<Config, SettingName>> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));

/** The key of a service in `config/`, which is its name here: that of the ECS service where the entry has no other. */
export const keyOf = ({ service, key = service }: { service: string; key?: string | undefined }): string =>
  key;

/**
 * What the names of a service's alarms begin with: its key. Where that is not the name of the ECS service, the stage stands
 * before it, so that several stages of an account may have the same short keys.
 */
export const alarmStem = (
  service: Pick<ServiceConfig, 'service' | 'key'>,
  { environment }: Pick<Config, 'environment'>,
): string => (keyOf(service) === service.service ? service.service : `${environment}-${keyOf(service)}`);
