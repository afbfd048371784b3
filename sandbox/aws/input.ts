import type { z } from 'zod';
import { AwsError } from './errors.ts';

/** What an operation answers: a JSON document, or nothing. */
export type Output = Record<string, unknown>;

/** One operation of an AWS API; `caller` is recorded with what it changes. */
export type Operation = (input: unknown, caller: string) => Output | Promise<Output>;

/** The operations of one API by name. */
export type Operations = Readonly<Record<string, Operation>>;

/** Reads an input by its schema. @throws AwsError of the given name, naming each faulty member, as AWS does */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, errorName: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `Value at '${issue.path.join('.')}' failed to satisfy constraint: ${issue.message}`,
  );
  const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected`;
  throw new AwsError(errorName, `${count}: ${faults.join('; ')}`);
}

/** One page of a list and the token of the next one. @throws AwsError of the given name for a foreign token */
export function page<T>(
  items: readonly T[],
  size: number,
  token: string | undefined,
  errorName: string,
): { items: T[]; nextToken?: string } {
  const start =
    token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('from:', ''));
  if (!Number.isInteger(start) || start < 0) throw new AwsError(errorName, 'Invalid token.');
  const end = start + size;
  const slice = items.slice(start, end);
  if (end >= items.length) return { items: slice };
  return { items: slice, nextToken: Buffer.from(`from:${end}`).toString('base64url') };
}
