import type * as z from 'zod';
import { InvalidInputError } from '../core/errors.ts';
import { allowedKeys } from './allowed-keys.ts';
import { frozen } from './frozen.ts';
import { forService } from './packaged.ts';
import { accountFaults } from './rules/accounts.ts';
import { approvalFaults } from './rules/approval.ts';
import { keyFaults } from './rules/keys.ts';
import { Config } from './schema.ts';
import { settingNames, withOwnSettings } from './settings.ts';
import { timingFaults } from './timing.ts';

/** The schema, and the rules between several of its times. */
const Checked = Config.superRefine((config, context) => {
  const ofStage = settingsFaults(config);
  for (const fault of [
    ...ofStage,
    ...ownFaults(config, ofStage),
    ...accountFaults(config),
    ...keyFaults(config),
  ])
    context.addIssue({ code: 'custom', ...fault });
});

const settingsFaults = (config: Config) => [...timingFaults(config), ...approvalFaults(config)];

/** The same rules for what each service says of its own; what the stage does wrong is told once. */
function ownFaults(config: Config, ofStage: ReturnType<typeof settingsFaults>) {
  const known = new Set(ofStage.map((fault) => JSON.stringify(fault)));
  return Object.entries(config.services)
    .filter(([, service]) => settingNames.some((name) => service[name] !== undefined))
    .flatMap(([key]) =>
      settingsFaults(forService(config, key))
        .filter((fault) => !known.has(JSON.stringify(fault)))
        .map((fault) => ({ ...fault, path: ['services', key, ...fault.path] })),
    );
}

/** The line of the file on which a key stands, or the nearest one around it. */
export type LineOf = (path: readonly PropertyKey[]) => number | undefined;

/** One key of a configuration that is refused, and why. */
export interface ConfigFault {
  /** `services.NAME.cluster`; `input` where no key is at fault. */
  key: string;
  /** What is wrong, and what is allowed. */
  message: string;
  line: number | undefined;
}

/**
 * Validates a configuration and freezes it.
 * @throws InvalidInputError that names every faulty key of the file.
 */
export function parseConfig(value: unknown, file: string, lineOf: LineOf = () => undefined): Config {
  const checked = checkConfig(value, lineOf);
  if ('config' in checked) return checked.config;
  throw new InvalidInputError(`${file}: ${listed(checked.faults.map(faultText))}`);
}

/** The configuration, frozen, or every key that is refused. Faults between keys show when each key by itself is right. */
export function checkConfig(
  value: unknown,
  lineOf: LineOf = () => undefined,
): { config: Config } | { faults: ConfigFault[] } {
  const parsed = Checked.safeParse(withOwnSettings(value));
  if (parsed.success) return { config: frozen(parsed.data) };
  const faults = parsed.error.issues.flatMap(faultsWithin).map((issue) => ({
    key: issue.path.join('.') || 'input',
    message: wording(issue, value),
    line: lineOf(
      issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path,
    ),
  }));
  return { faults };
}

/** A value that may be of several kinds, such as a list or a block of keys, is told the faults of the kind that it is. */
function faultsWithin(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [own, ...more] = issue.errors.filter((faults) => !faults.some(isOfOtherKind));
  if (!own || more.length > 0) return [issue];
  return own.map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] }));
}

const isOfOtherKind = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** `key: what is wrong (line 12)`. */
const faultText = ({ key, message, line }: ConfigFault): string =>
  `${key}: ${message}${line === undefined ? '' : ` (line ${line})`}`;

/** One fault behind the file's name, several on a line each: a file fresh from `npm run init` has nine. */
const listed = (faults: string[]): string =>
  faults.length === 1
    ? faults.join()
    : `${faults.length} faults${faults.map((one) => `\n  ${one}`).join('')}`;

/** What stands at a path of the value; undefined where it leads nowhere. */
const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** What a value has to be, in a word of YAML's rather than of a program. */
const kindOf = (expected: string): string =>
  ({
    array: 'a list',
    boolean: 'true or false',
    number: 'a number',
    object: 'a block of keys',
    string: 'text',
  })[expected] ?? expected;

function wording(issue: z.core.$ZodIssue, value: unknown): string {
  // `key:` with nothing behind it, as npm run init leaves what only a person knows.
  if (issue.path.length > 0 && valueAt(value, issue.path) === null)
    return `is empty: fill it in${issue.code === 'invalid_type' ? ` (${kindOf(issue.expected)})` : ''}`;
  if (issue.code === 'invalid_type' && issue.path.length > 0 && valueAt(value, issue.path) === undefined)
    return `is missing (${kindOf(issue.expected)})`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}; allowed: ${allowedKeys(Checked, issue.path).join(', ')}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message.replace('Invalid input: ', '');
  }
}
