import type * as z from 'zod';
import { InvalidInputError } from '../core/errors.ts';
import { approvalFaults } from './approval-rules.ts';
import { frozen } from './frozen.ts';
import { Config } from './schema.ts';
import { timingFaults } from './timing.ts';

/** The schema, and the rules between several of its times. */
const Checked = Config.superRefine((config, context) => {
  for (const fault of [...timingFaults(config), ...approvalFaults(config)])
    context.addIssue({ code: 'custom', ...fault });
});

/** The line of the file on which a key stands, or the nearest one around it. */
export type LineOf = (path: readonly PropertyKey[]) => number | undefined;

/**
 * Validates a configuration and freezes it.
 * @throws InvalidInputError that names every faulty key of the file.
 */
export function parseConfig(value: unknown, file: string, lineOf: LineOf = () => undefined): Config {
  const parsed = Checked.safeParse(value);
  if (!parsed.success) throw new InvalidInputError(`${file}: ${explain(parsed.error, lineOf)}`);
  return frozen(parsed.data);
}

/** Every fault in one line: `key: what is wrong`, joined by semicolons. */
const explain = ({ issues }: z.ZodError, lineOf: LineOf): string =>
  issues
    .map((issue) => {
      const line = lineOf(
        issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path,
      );
      return `${issue.path.join('.') || 'input'}: ${wording(issue)}${line === undefined ? '' : ` (line ${line})`}`;
    })
    .join('; ');

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message.replace('Invalid input: ', '');
  }
}
