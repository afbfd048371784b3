import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { InvalidInputError } from './errors.ts';

// zod/mini knows no messages by itself.
z.config(en());

/** Every fault of a failed parse in one line: `field: what is wrong`, joined by semicolons. */
export function explain(error: z.core.$ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${wording(issue)}`).join('; ');
}

/**
 * Parses a value from outside.
 * @throws InvalidInputError that names every faulty field.
 */
export function parse<T>(schema: z.core.$ZodType<T>, value: unknown): T {
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw new InvalidInputError(explain(parsed.error));
  return parsed.data;
}

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
