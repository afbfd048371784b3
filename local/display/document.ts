import { z } from 'zod';
import { AutoscalingPlan } from '../../shared/autoscaling-plan.ts';
import { Approval, Assessment, Incident, Plan, Request, Verification } from '../../shared/document.ts';
import type { Json } from '../engine/json.ts';

/** What a display reads of the document that flows through a run; a run that ended early has little of it. */
const Document = z.object({
  request: Request.optional().catch(undefined),
  incident: Incident.optional().catch(undefined),
  assessment: Assessment.optional().catch(undefined),
  plan: Plan.optional().catch(undefined),
  verification: Verification.optional().catch(undefined),
  approval: Approval.optional().catch(undefined),
  rollback: z
    .object({ action: z.string(), reasons: z.array(z.string()) })
    .optional()
    .catch(undefined),
  autoscaling: AutoscalingPlan.optional().catch(undefined),
  checked: AutoscalingPlan.optional().catch(undefined),
  failure: z.object({ Error: z.string(), Cause: z.string() }).optional().catch(undefined),
});
export type RunDocument = z.infer<typeof Document>;

/** Reads the document out of a state's output; what is not there, or not of its shape, is left out. */
export function documentOf(output: string | Json): RunDocument {
  const value: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  const parsed = Document.safeParse(value);
  return parsed.success ? parsed.data : {};
}
