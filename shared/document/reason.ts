import * as v from 'valibot';

/**
 * Why something was decided: a code out of a closed list, the numbers that it speaks of, and the sentence that a person
 * reads in the execution history. Code reads the code and the numbers, never the text; `format/reasons.ts` makes it.
 */
export const Reason = v.looseObject({ code: v.string(), text: v.string() });
export type Reason = v.InferOutput<typeof Reason>;
