import * as v from 'valibot';

/** A row as it comes, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A number of 0 or more. PgBouncer and PostgreSQL give large ones as text; an empty text is no zero. */
export const number = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+(\.\d+)?$/, 'must be a number, 0 or more'))]),
  v.transform(Number),
  v.minValue(0, 'must be a number, 0 or more'),
  // What is larger than all that is ever counted is no count.
  v.maxValue(1e15, 'must be a number, 0 or more'),
);

export const text = v.string();
