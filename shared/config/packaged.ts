import { InvalidInputError } from '../core/errors.ts';
import { frozen } from './frozen.ts';
import type { Config } from './schema.ts';
import type { ServiceConfig } from './service.ts';

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
  if (!found) return config;
  const { thresholds, planning, timing, limits, approval, notices } = { ...config, ...definedOf(found) };
  return { ...config, thresholds, planning, timing, limits, approval, notices };
}

/** The stage's settings and those of its services, each different one once. */
export function allSettings(config: Config): Config[] {
  const all = [config, ...Object.keys(config.services).map((key) => forService(config, key))];
  const told = ({ thresholds, planning, timing, limits, approval, notices }: Config) =>
    JSON.stringify([thresholds, planning, timing, limits, approval, notices]);
  return [...new Map(all.toReversed().map((one) => [told(one), one])).values()].toReversed();
}

/** What a service says of its own. */
const definedOf = ({ thresholds, planning, timing, limits, approval, notices }: ServiceConfig) => ({
  ...(thresholds && { thresholds }),
  ...(planning && { planning }),
  ...(timing && { timing }),
  ...(limits && { limits }),
  ...(approval && { approval }),
  ...(notices && { notices }),
});

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
