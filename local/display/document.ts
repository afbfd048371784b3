import * as v from 'valibot';
import type { Json } from '../../sandbox/engine/basics/json.ts';
import { tryParse } from '../../shared/core/schema.ts';
import { documentKeys } from '../../shared/document/document.ts';
import { PreflightReport } from '../../shared/document/preflight.ts';

const orNothing = <Part extends v.GenericSchema>(part: Part) => v.fallback(v.optional(part), undefined);

/** What a display reads of the document that flows through a run; a run that ended early has little of it. */
const Document = v.object({
  request: orNothing(documentKeys.request),
  incident: orNothing(documentKeys.incident),
  assessment: orNothing(documentKeys.assessment),
  plan: orNothing(documentKeys.plan),
  pools: orNothing(documentKeys.pools),
  relief: orNothing(documentKeys.relief),
  change: orNothing(documentKeys.change),
  cache: orNothing(documentKeys.cache),
  cachePlan: orNothing(documentKeys.cachePlan),
  verification: orNothing(documentKeys.verification),
  approval: orNothing(documentKeys.approval),
  rollback: orNothing(documentKeys.rollback),
  autoscaling: orNothing(documentKeys.autoscaling),
  checked: orNothing(documentKeys.checked),
  failure: orNothing(documentKeys.failure),
  report: orNothing(PreflightReport),
});
export type RunDocument = v.InferOutput<typeof Document>;

/** Reads the document out of a state's output; what is not there, or not of its shape, is left out. */
export function documentOf(output: string | Json): RunDocument {
  const value: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  return tryParse(Document, value) ?? {};
}
