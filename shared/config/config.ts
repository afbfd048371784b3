import type * as z from 'zod';
import { InvalidInputError } from '../core/errors.ts';
import { frozen } from './frozen.ts';
import { Config } from './schema.ts';
import { timingFaults } from './timing.ts';

/** The schema, and the rules between several of its times. */
const Checked = Config.superRefine((config, context) => {
  for (const fault of timingFaults(config)) context.addIssue({ code: 'custom', ...fault });
});

/**
 * Validates a configuration and freezes it.
 * @throws InvalidInputError that names every faulty key of the file.
 */
export function parseConfig(value: unknown, file: string): Config {
  const parsed = Checked.safeParse(value);
  if (!parsed.success) throw new InvalidInputError(`${file}: ${explain(parsed.error)}`);
  return frozen(parsed.data);
}

/** Every fault in one line: `key: what is wrong`, joined by semicolons. */
const explain = ({ issues }: z.ZodError): string =>
  issues.map((issue) => `${issue.path.join('.') || 'input'}: ${wording(issue)}`).join('; ');

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}
