import * as v from 'valibot';
import { unknownCauses } from '../core/unknown.ts';

/** Why something is unknown: the cause, its facts and the sentence that a person reads. Code reads the cause. */
export const Unknown = v.looseObject({ cause: v.picklist(unknownCauses), text: v.string() });
export type Unknown = v.InferOutput<typeof Unknown>;
