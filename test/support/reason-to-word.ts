import type { Reason } from '../../shared/document/reason.ts';
import { because } from '../../shared/format/reasons.ts';

/** A row of a table of reasons: the sentence is made in the test, not while the file is loaded. */
export type ReasonToWord = { readonly code: string; readonly worded: () => Reason };

export function reason<Code extends Parameters<typeof because>[0]>(
  ...called: Parameters<typeof because<Code>>
): ReasonToWord {
  return { code: called[0], worded: () => because(...called) };
}
