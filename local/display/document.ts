import { z } from 'zod';
import { AutoscalingPlan } from '../../shared/autoscaling-plan.ts';
import { Approval, Assessment, Incident, Plan, Request, Verification } from '../../shared/document.ts';
import type { Json } from '../engine/json.ts';

/** What a display reads of the document that flows through a run; a run that ended early has little of it. */
const Document = z.object({
  request: z.optional(Request).catch(undefined),
  incident: z.optional(Incident).catch(undefined),
  assessment: z.optional(Assessment).catch(undefined),
  plan: z.optional(Plan).catch(undefined),
  verification: z.optional(Verification).catch(undefined),
  approval: z.optional(Approval).catch(undefined),
  rollback: z
    .object({ action: z.string(), reasons: z.array(z.string()) })
    .optional()
    .catch(undefined),
  autoscaling: z.optional(AutoscalingPlan).catch(undefined),
  checked: z.optional(AutoscalingPlan).catch(undefined),
  failure: z.object({ Error: z.string(), Cause: z.string() }).optional().catch(undefined),
});
export type RunDocument = z.infer<typeof Document>;

/** Reads the document out of a state's output; what is not there, or not of its shape, is left out. */
export function documentOf(output: string | Json): RunDocument {
  const value: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  const parsed = Document.safeParse(value);
  return parsed.success ? parsed.data : {};
}
