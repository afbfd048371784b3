import { StepFunctionsError } from '../basics/failure.ts';

/** One page of a list and the token of the next, if there is more. */
export interface Page<T> {
  items: T[];
  rest: { nextToken?: string };
}

/** Cuts a page out of a list; the token is opaque to callers. Throws InvalidToken. */
export function page<T>(list: readonly T[], size: number, token: string | undefined): Page<T> {
  const start = token === undefined ? 0 : offsetOf(token);
  const end = start + size;
  return { items: list.slice(start, end), rest: end < list.length ? { nextToken: tokenFor(end) } : {} };
}

function tokenFor(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64');
}

function offsetOf(token: string): number {
  const [, offset] = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (offset === undefined) throw new StepFunctionsError('InvalidToken', `Invalid Token: '${token}'`);
  return Number(offset);
}
