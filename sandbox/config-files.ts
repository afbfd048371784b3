import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../shared/config/read-config.ts';
import type { Config } from '../shared/config/schema.ts';
import { InvalidInputError } from '../shared/core/errors.ts';

const root = join(import.meta.dirname, '..');

/** Environments that have a file in `config/`. */
export function environments(): string[] {
  return readdirSync(join(root, 'config'))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.replace(/\.yml$/, ''));
}

/**
 * Reads and validates the configuration of an environment.
 * @throws InvalidInputError that names the known environments, or every faulty key of the file.
 */
export function readConfig(environment: string): Config {
  const known = environments();
  if (!known.includes(environment)) {
    throw new InvalidInputError(
      `environment: "${environment}" has no file in config/; allowed: ${known.join(', ')}`,
    );
  }
  return readConfigFile(join(root, 'config'), environment);
}

/** Folder of the state machine definitions. */
export const statemachinesFolder = join(root, 'statemachines');
