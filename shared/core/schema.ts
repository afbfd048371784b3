import * as v from 'valibot';
import { InvalidInputError } from './errors.ts';

export type Schema<T> = v.GenericSchema<unknown, T>;

export const int = v.pipe(v.number(), v.safeInteger('must be a whole number'));

/** An instant as `Date.toISOString` writes it: in UTC, so that two of them compare as text. */
export const datetime = v.pipe(
  v.string(),
  v.isoTimestamp('Invalid ISO datetime'),
  v.endsWith('Z', 'Invalid ISO datetime'),
);

/** Those that a person may write: Step Functions adds keys of its own to an input. */
const ownKeys = (entries: v.ObjectEntries): string[] =>
  Object.keys(entries).filter((key) => !key.startsWith('AWS_'));

/** An object without further keys. Every one that it has is named, and then what is allowed; valibot's own names the first. */
export const strict = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.looseObject(entries),
    v.rawCheck(({ dataset: { value }, addIssue }) => {
      if (typeof value !== 'object' || value === null) return;
      const unknown = Object.keys(value).filter((key) => !Object.hasOwn(entries, key));
      for (const [index, key] of unknown.entries()) {
        const allowed = index === unknown.length - 1 ? `; allowed: ${ownKeys(entries).join(', ')}` : '';
        addIssue({ message: `unknown key "${key}"${allowed}` });
      }
    }),
  );

/** Every fault of a failed parse in one line: `field: what is wrong`, joined by semicolons. */
export const explain = (issues: readonly v.BaseIssue<unknown>[]): string => issues.map(fault).join('; ');

/**
 * Parses a value from outside.
 * @throws InvalidInputError that names every faulty field.
 */
export function parse<T>(schema: Schema<T>, value: unknown): T {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw new InvalidInputError(explain(parsed.issues));
  return parsed.output;
}

/** The value if it has this shape. */
export function tryParse<T>(schema: Schema<T>, value: unknown): T | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** Says what is wrong, never the value itself: it may be a secret. */
function fault({ kind, type, path, expected, input, message }: v.BaseIssue<unknown>): string {
  const keys = (path ?? []).map(({ key }) => String(key));
  const at = (names: string[], what: string) => `${names.join('.') || 'input'}: ${what}`;
  if (kind !== 'schema') return at(keys, message.replace(/(:| but) received .*$/is, ''));
  if (expected === 'never') return at(keys.slice(0, -1), `unknown key "${keys.at(-1)}"`);
  // A missing key's `expected` is its own name.
  if (path?.at(-1)?.origin === 'key' || input === undefined) return at(keys, 'is missing');
  if (type === 'picklist' || type === 'literal')
    return at(keys, `must be one of ${expected?.replace(/[()"]/g, '').replaceAll(' | ', ', ')}`);
  return at(keys, `expected ${expected?.toLowerCase()}, received ${typeName(input)}`);
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
