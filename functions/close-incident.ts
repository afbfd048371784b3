import * as v from 'valibot';
import type { AlertName } from '../shared/alerts/catalogue.ts';
import { unseenAlerts } from '../shared/alerts/firing.ts';
import { autoscalingReasons } from '../shared/autoscaling/plan.ts';
import { store } from '../shared/aws/clients.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import { documentWith } from '../shared/document/document.ts';
import { Outcome } from '../shared/document/outcome.ts';
import type { Plan } from '../shared/document/plan.ts';
import type { Reason } from '../shared/document/reason.ts';
import type { Verification } from '../shared/document/verification.ts';
import { failureReason } from '../shared/format/failure.ts';
import { poolsEnding } from '../shared/format/pools/ending.ts';
import { because } from '../shared/format/reasons.ts';
import { updateServiceRecord } from '../shared/incident/service-record.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { reliefReasons, reliefsDone } from '../shared/plan/cache/told.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { tried } from '../shared/preflight/trials.ts';

/**
 * Writes down how a run ended. Only a verified restore closes the incident; otherwise its snapshot stays in force. A run
 * whose last look did not know of an alert that has joined since is not over.
 */
export const closeIncident = step({
  name: 'close-incident',
  input: v.object({
    outcome: Outcome.entries.outcome,
    document: documentWith(
      'request',
      'incident',
      'assessment?',
      'plan?',
      'pools?',
      'relief?',
      'cachePlan?',
      'change?',
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
    const checked = isOlder(verification, document.assessment) ? undefined : verification?.reasons;
    const relieved = reliefReasons(document) ?? poolsEnding(document);
    const ended = checked ?? plan?.reasons ?? relieved ?? autoscalingReasons(document) ?? incident.reasons;
    const reasons = failure ? [...reliefsDone(document), failureReason(failure)] : [...done, ...ended];
    let unseen: AlertName[] = [];
    // A dry run holds no lock and keeps no record.
    if (!request.dryRun)
      await updateServiceRecord(incident, context.store, (record) => {
        // In the same write: who joins after it finds a run that has ended.
        unseen = outcome === 'recovered' ? unseenAlerts(record.joinedNow, knownOf(document)) : [];
        if (unseen.length > 0) return record;
        return {
          ...record,
          // Without a snapshot nothing was written, so there is nothing to give back.
          incidentOpen: outcome !== 'restored' && record.snapshotStored,
          outcome,
          outcomeReasons: reasons,
        };
      });
    const at = context.now().toISOString();
    if (unseen.length > 0) {
      const why = [because('joined-meanwhile', { alerts: unseen })];
      context.log.info('goes on: an alert has joined', { reasons: why });
      return { outcome, reasons: why, summary: summaryOf(why), at, goesOn: true };
    }
    context.log.info(`run ended: ${outcome}`, { reasons });
    const differences = outcome === 'restored' ? { differences: verification?.differences ?? [] } : {};
    return { outcome, reasons, summary: summaryOf(reasons), ...differences, at };
  },
  preflight: (ask, context: StepContext<'store'>) =>
    tried('close-incident', [...recordTrials(context.store, ask, { writes: ['service'] })], context),
});

export const handler = lambda(closeIncident, { store });

/** Whether another assessment, and with it another plan, came after a check. */
const isOlder = (
  check: Pick<Verification, 'at'> | undefined,
  assessment: Pick<Assessment, 'at'> | undefined,
): boolean =>
  check?.at !== undefined && assessment !== undefined && Date.parse(check.at) < Date.parse(assessment.at);

/** Alerts that the run's last looks knew of. */
const knownOf = (looks: { plan?: Look | undefined; verification?: Look | undefined }): string[] => [
  ...(looks.plan?.joined ?? []),
  ...(looks.verification?.joined ?? []),
];
type Look = Pick<Plan, 'joined'>;

const longestSummary = 1000;

/** One line that also a list of executions has room for. */
const summaryOf = (reasons: readonly Reason[]): string =>
  (reasons.map(({ text }) => text).join('; ') || 'no reason was given').slice(0, longestSummary);
