import * as v from 'valibot';
import { autoscalingReasons } from '../shared/autoscaling/plan.ts';
import { store } from '../shared/aws/clients.ts';
import { documentWith } from '../shared/document/document.ts';
import { Outcome } from '../shared/document/outcome.ts';
import type { Reason } from '../shared/document/reason.ts';
import { failureReason } from '../shared/format/failure.ts';
import { updateServiceRecord } from '../shared/incident/service-record.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';

/** Writes down how a run ended. Only a verified restore closes the incident; otherwise its snapshot stays in force. */
export const closeIncident = step({
  name: 'close-incident',
  input: v.object({
    outcome: Outcome.entries.outcome,
    document: documentWith(
      'request',
      'incident',
      'plan?',
      'verification?',
      'approval?',
      'rollback?',
      'autoscaling?',
      'checked?',
      'failure?',
    ),
  }),
  async run({ outcome, document }, context: StepContext<'store'>) {
    const { request, incident, plan, verification, rollback, failure } = document;
    const done = outcome === 'rolled-back' ? (rollback?.reasons ?? []) : [];
    const ended = verification?.reasons ?? plan?.reasons ?? autoscalingReasons(document) ?? incident.reasons;
    const reasons = failure ? [failureReason(failure)] : [...done, ...ended];
    // A dry run holds no lock and keeps no record.
    if (!request.dryRun)
      await updateServiceRecord(incident, context.store, (record) => ({
        ...record,
        // Without a snapshot nothing was written, so there is nothing to give back.
        incidentOpen: outcome !== 'restored' && record.snapshotStored,
        outcome,
        outcomeReasons: reasons,
      }));
    context.log.info(`run ended: ${outcome}`, { reasons });
    const differences = outcome === 'restored' ? { differences: verification?.differences ?? [] } : {};
    return { outcome, reasons, summary: summaryOf(reasons), ...differences, at: context.now().toISOString() };
  },
});

export const handler = lambda(closeIncident, { store });

const longestSummary = 1000;

/** One line that also a list of executions has room for. */
const summaryOf = (reasons: readonly Reason[]): string =>
  (reasons.map(({ text }) => text).join('; ') || 'no reason was given').slice(0, longestSummary);
