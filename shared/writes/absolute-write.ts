import { canonicalJson } from '../core/hash.ts';
import type { Change } from '../document/plan.ts';
import type { Reason } from '../document/reason.ts';
import { type Settings, settingChanges } from '../document/setting-changes.ts';
import type { Bounds, CpuPolicy } from '../document/settings.ts';
import { changedByPersonError } from '../drift/person-change.ts';
import { because } from '../format/reasons.ts';

/** One absolute write: from what the plan saw, to what it wants. */
export interface AbsoluteWrite<T> {
  /** What is written, in words: "bounds of autoscaling". */
  what: string;
  from: T;
  to: T;
  /** The value right before the write. */
  present: T | undefined;
  /** What differs between two values of it. */
  differences: (from: T | undefined, to: T | undefined) => Reason[];
}

/**
 * Decides an absolute write (invariant 7): nothing when the value is there already, so repeating a step changes
 * nothing more. Pure.
 * @throws ChangedByPersonError when the present value is neither the plan's from nor its to: somebody else changed it,
 * and the run never reverts that (invariant 8).
 */
export function decideAbsolute<T>({ what, from, to, present, differences }: AbsoluteWrite<T>): Change {
  const same = (a: T | undefined, b: T) => canonicalJson(a ?? null) === canonicalJson(b);
  if (same(present, to))
    return { changed: false, from: present, to, reasons: [because('as-wanted', { what })] };
  if (!same(present, from)) throw changedByPersonError(differences(from, present));
  return { changed: true, from, to, reasons: differences(from, to) };
}

const differences = (from: Settings, to: Settings): Reason[] =>
  settingChanges(from, to).map((change) => because('setting-changed', change));

/** What differs between two bounds; without any, no target is registered. */
export const boundsDifferences = (from: Bounds | null | undefined, to: Bounds | null | undefined): Reason[] =>
  differences({ bounds: from ?? undefined }, { bounds: to ?? undefined });

/** What differs between two CPU policies. */
export const policyDifferences = (from: CpuPolicy | undefined, to: CpuPolicy | undefined): Reason[] =>
  differences({ cpuPolicy: from }, { cpuPolicy: to });
