import * as z from 'zod';
import { store } from '../shared/aws/clients.ts';
import { Approval, Incident, Outcome, Plan, Request, Verification } from '../shared/document.ts';
import { updateServiceRecord } from '../shared/incident.ts';
import { lambda, step } from '../shared/lambda.ts';
import { failureText } from '../shared/notices.ts';
import type { Tools } from '../shared/tools.ts';

/** Writes down how a run ended. Only a verified restore closes the incident; otherwise its snapshot stays in force. */
export const closeIncident = step({
  name: 'close-incident',
  input: z.object({
    outcome: Outcome.shape.outcome,
    document: z.object({
      request: Request,
      incident: Incident,
      plan: Plan.optional(),
      verification: Verification.optional(),
      approval: Approval.optional(),
      failure: z.object({ Error: z.string(), Cause: z.string() }).optional(),
    }),
  }),
  async run({ outcome, document }, tools: Tools<'store'>) {
    const { incident, plan, verification, failure } = document;
    const reasons = failure
      ? [failureText(failure)]
      : (verification?.reasons ?? plan?.reasons ?? incident.reasons);
    await updateServiceRecord(incident, tools.store, (record) => ({
      ...record,
      // Without a snapshot nothing was written, so there is nothing to give back.
      incidentOpen: outcome !== 'restored' && record.snapshotStored,
      outcome,
      outcomeReasons: reasons,
    }));
    tools.log.info(`run ended: ${outcome}`, { reasons });
    return { outcome, reasons, at: tools.now().toISOString() };
  },
});

export const handler = lambda(closeIncident, { store });
