import * as v from 'valibot';
import { AutoscalingPlan, autoscalingReasons } from '../shared/autoscaling/plan.ts';
import { store } from '../shared/aws/clients.ts';
import { Incident } from '../shared/document/incident.ts';
import { Approval, Outcome } from '../shared/document/outcome.ts';
import { Plan } from '../shared/document/plan.ts';
import { Reason } from '../shared/document/reason.ts';
import { Request } from '../shared/document/request.ts';
import { Verification } from '../shared/document/verification.ts';
import { failureReason } from '../shared/format/failure.ts';
import { updateServiceRecord } from '../shared/incident/service-record.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import type { Tools } from '../shared/lambda/tools.ts';

/** Writes down how a run ended. Only a verified restore closes the incident; otherwise its snapshot stays in force. */
export const closeIncident = step({
  name: 'close-incident',
  input: v.object({
    outcome: Outcome.entries.outcome,
    document: v.object({
      request: Request,
      incident: Incident,
      plan: v.optional(Plan),
      verification: v.optional(Verification),
      approval: v.optional(Approval),
      rollback: v.optional(v.object({ reasons: v.array(Reason) })),
      autoscaling: v.optional(AutoscalingPlan),
      checked: v.optional(AutoscalingPlan),
      failure: v.optional(v.object({ Error: v.string(), Cause: v.string() })),
    }),
  }),
  async run({ outcome, document }, tools: Tools<'store'>) {
    const { incident, plan, verification, rollback, failure } = document;
    const done = outcome === 'rolled-back' ? (rollback?.reasons ?? []) : [];
    const ended = verification?.reasons ?? plan?.reasons ?? autoscalingReasons(document) ?? incident.reasons;
    const reasons = failure ? [failureReason(failure)] : [...done, ...ended];
    await updateServiceRecord(incident, tools.store, (record) => ({
      ...record,
      // Without a snapshot nothing was written, so there is nothing to give back.
      incidentOpen: outcome !== 'restored' && record.snapshotStored,
      outcome,
      outcomeReasons: reasons,
    }));
    tools.log.info(`run ended: ${outcome}`, { reasons });
    return { outcome, reasons, summary: summaryOf(reasons), at: tools.now().toISOString() };
  },
});

export const handler = lambda(closeIncident, { store });

const longestSummary = 1000;

/** One line that also a list of executions has room for. */
const summaryOf = (reasons: readonly Reason[]): string =>
  (reasons.map(({ text }) => text).join('; ') || 'no reason was given').slice(0, longestSummary);
