import * as v from 'valibot';
import type { Json } from '../../sandbox/engine/basics/json.ts';
import { AutoscalingPlan } from '../../shared/autoscaling/plan.ts';
import { tryParse } from '../../shared/core/schema.ts';
import { Assessment } from '../../shared/document/assessment.ts';
import { Incident } from '../../shared/document/incident.ts';
import { Approval } from '../../shared/document/outcome.ts';
import { Plan } from '../../shared/document/plan.ts';
import { Reason } from '../../shared/document/reason.ts';
import { Request } from '../../shared/document/request.ts';
import { Verification } from '../../shared/document/verification.ts';

const orNothing = <Part extends v.GenericSchema>(part: Part) => v.fallback(v.optional(part), undefined);

/** What a display reads of the document that flows through a run; a run that ended early has little of it. */
const Document = v.object({
  request: orNothing(Request),
  incident: orNothing(Incident),
  assessment: orNothing(Assessment),
  plan: orNothing(Plan),
  verification: orNothing(Verification),
  approval: orNothing(Approval),
  rollback: orNothing(v.object({ action: v.string(), reasons: v.array(Reason) })),
  autoscaling: orNothing(AutoscalingPlan),
  checked: orNothing(AutoscalingPlan),
  failure: orNothing(v.object({ Error: v.string(), Cause: v.string() })),
});
export type RunDocument = v.InferOutput<typeof Document>;

/** Reads the document out of a state's output; what is not there, or not of its shape, is left out. */
export function documentOf(output: string | Json): RunDocument {
  const value: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  return tryParse(Document, value) ?? {};
}
