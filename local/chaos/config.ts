import type { Config } from '../../shared/config.ts';
import { readConfig } from '../config-files.ts';

/** The two kinds of environment: one asks people before it scales in, the other does not. */
export type Environment = 'production' | 'staging';

const known = new Map<Environment, Config>();

/**
 * The shipped configuration with shorter waits, so that an incident takes half an hour instead of a day. Everything
 * that decides (bounds, thresholds, limits, approvals) is as shipped.
 */
export function chaosConfig(environment: Environment): Config {
  const made = known.get(environment) ?? shorter(readConfig(environment));
  known.set(environment, made);
  return made;
}

function shorter(config: Config): Config {
  const { approval, timing } = config;
  return {
    ...config,
    timing: {
      ...timing,
      verify: { intervalSeconds: 20, deadlineSeconds: 420 },
      watch: { intervalSeconds: 60, deadlineSeconds: 480 },
      calm: { intervalSeconds: 60, forSeconds: 120, deadlineSeconds: 3600 },
    },
    approval: { ...approval, expiresAfterSeconds: 1500, escalateBeforeSeconds: 300, checkSeconds: 180 },
  };
}
