import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { parseConfig } from '../shared/config/config.ts';
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
  const file = `config/${environment}.yml`;
  const config = parseConfig(parseYaml(readFileSync(join(root, file), 'utf8')), file);
  if (config.environment !== environment) {
    throw new InvalidInputError(`${file}: environment: must be "${environment}", like the file's name`);
  }
  return config;
}

/** Folder of the state machine definitions. */
export const statemachinesFolder = join(root, 'statemachines');
