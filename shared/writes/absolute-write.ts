import { ChangedByPersonError } from '../core/errors.ts';
import { canonicalJson } from '../core/hash.ts';
import type { Change } from '../document/plan.ts';

/** One absolute write: from what the plan saw, to what it wants. */
export interface AbsoluteWrite<T> {
  /** What is written, in words: "bounds of autoscaling". */
  what: string;
  from: T;
  to: T;
  /** The value right before the write. */
  present: T | undefined;
}

/**
 * Decides an absolute write (invariant 7): nothing when the value is there already, so repeating a step changes
 * nothing more. Pure.
 * @throws ChangedByPersonError when the present value is neither the plan's from nor its to: somebody else changed it,
 * and the run never reverts that (invariant 8).
 */
export function decideAbsolute<T>({ what, from, to, present }: AbsoluteWrite<T>): Change {
  const same = (a: T | undefined, b: T) => canonicalJson(a ?? null) === canonicalJson(b);
  if (same(present, to))
    return { changed: false, from: present, to, reasons: [`${what} is as wanted already`] };
  if (!same(present, from)) {
    throw new ChangedByPersonError(
      `${what}: the plan saw ${show(from)}, now it is ${show(present)}; it stays as it is`,
    );
  }
  return { changed: true, from, to, reasons: [`${what}: ${show(from)} → ${show(to)}`] };
}

const show = (value: unknown) => ((value ?? null) === null ? 'absent' : JSON.stringify(value));
