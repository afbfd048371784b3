import { isThrottling } from './throttling.ts';

/** What was read, or why it is unknown. */
export type Reading<T> = { value: T } | { unknown: string };

/** Turns a promise into a reading: its value, or why there is none, at the latest when the deadline passes. */
export async function bounded<T>(
  what: string,
  reading: Promise<T>,
  deadline: Promise<string>,
): Promise<Reading<T>> {
  const settled = reading.then(
    (value): Reading<T> => ({ value }),
    (error: unknown): Reading<T> => ({
      unknown: `${what}: ${error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'failed'}`,
    }),
  );
  return Promise.race([settled, deadline.then((late): Reading<T> => ({ unknown: `${what}: ${late}` }))]);
}

/** Whether something is unknown because AWS throttled the call: its error's name follows what was read. */
export const isThrottled = (reading: object): boolean =>
  'unknown' in reading && isThrottling(/: (\w+): /.exec(`${reading.unknown}`)?.[1] ?? '');
