import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type * as z from 'zod';
import { parseOptions } from '../../cli/options.ts';
import { ecsName } from '../../shared/config/aws-names.ts';
import { Config } from '../../shared/config/schema.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import type { Kind } from './stage-file.ts';

/** What `npm run init` was asked for. */
export interface InitArguments {
  cluster: string;
  service: string;
  /** Undefined: that of the person's environment. */
  region: string | undefined;
  /** The stage, and the name of the file. */
  name: string;
  kind: Kind;
  /** Absolute path of the file. */
  out: string;
  force: boolean;
}

const options = {
  cluster: { type: 'string' },
  service: { type: 'string' },
  region: { type: 'string' },
  name: { type: 'string' },
  environment: { type: 'string', default: 'production' },
  out: { type: 'string' },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const root = join(import.meta.dirname, '../..');

/**
 * Parses the command line; undefined when help was asked for.
 * @throws InvalidInputError that names the option and what is allowed
 */
export function parseInitArguments(argv: readonly string[]): InitArguments | undefined {
  const values = parseOptions(argv, { options });
  if (values.help) return undefined;
  const { region, force, environment } = values;
  const cluster = required('cluster', ecsName, values.cluster);
  const service = required('service', ecsName, values.service);
  if (region !== undefined) required('region', Config.shape.region, region);
  if (environment !== 'production' && environment !== 'staging')
    throw new InvalidInputError(`--environment: "${environment}" is no kind; allowed: production, staging`);
  const name = nameOf(values, service);
  const out = resolve(values.out ?? join(root, 'config', `${name}.yml`));
  if (basename(out) !== `${name}.yml`)
    throw new InvalidInputError(`--out: must end with ${name}.yml: the file's name is the stage`);
  if (existsSync(out) && !force)
    throw new InvalidInputError(
      `--out: ${shown(out)} exists; give another --name, or --force to write over it`,
    );
  return { cluster, service, region, name, kind: environment, out, force };
}

/** A path as people write it, from the project's root. */
export const shown = (path: string): string => {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside;
};

/** `--name`, or else what `--out` ends with, or else the service's own name. */
function nameOf({ name, out }: { name?: string | undefined; out?: string | undefined }, service: string) {
  if (name !== undefined) return required('name', Config.shape.environment, name);
  const fromOut = out === undefined ? undefined : basename(out, '.yml');
  const checked = Config.shape.environment.safeParse(fromOut ?? service);
  if (checked.success) return checked.data;
  const what = fromOut === undefined ? 'the service' : 'the file';
  throw new InvalidInputError(
    `--name: must be given, because the name of ${what} is no stage: it ${why(checked.error)}`,
  );
}

function required(option: string, schema: z.ZodType<string>, value: string | undefined): string {
  if (value === undefined) throw new InvalidInputError(`--${option}: must be given`);
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new InvalidInputError(`--${option}: "${value}" ${why(checked.error)}`);
}

const why = ({ issues }: z.ZodError): string => issues.map(({ message }) => message).join('; ');
