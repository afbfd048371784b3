import { type Subject, type Unknown, unknownBy } from './unknown.ts';

/** What was read, or why it is unknown. */
export type Reading<T> = { value: T } | { unknown: Unknown };

/**
 * Turns a promise into a reading: its value, or why there is none, at the latest when the deadline passes.
 * @param deadline resolves when it passes, with its seconds.
 * @param of what is read, where that is not plain from where the reading stands.
 */
export async function bounded<T>(
  reading: Promise<T>,
  deadline: Promise<number>,
  of?: Subject,
): Promise<Reading<T>> {
  const unread = (unknown: Unknown): Reading<T> => ({ unknown: of ? { ...unknown, of } : unknown });
  const settled = reading.then(
    (value): Reading<T> => ({ value }),
    (error: unknown) => unread(unknownBy(error)),
  );
  return Promise.race([settled, deadline.then((seconds) => unread({ cause: 'late', seconds }))]);
}

/** A reading within so many seconds; one that takes longer is late. */
export async function within<T>(
  seconds: number,
  after: (milliseconds: number) => { passed: Promise<void>; cancel(): void },
  reading: Promise<Reading<T>>,
): Promise<Reading<T>> {
  const { passed, cancel } = after(seconds * 1000);
  const late = passed.then((): Reading<T> => ({ unknown: { cause: 'late', seconds } }));
  try {
    return await Promise.race([reading, late]);
  } finally {
    cancel();
  }
}
