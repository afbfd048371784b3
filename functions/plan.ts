import * as v from 'valibot';
import { store } from '../shared/aws/clients.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import type { Changes } from '../shared/document/changes.ts';
import { documentWith } from '../shared/document/document.ts';
import type { Approval } from '../shared/document/outcome.ts';
import type { Plan } from '../shared/document/plan.ts';
import type { PoolsRead } from '../shared/document/pool-settings.ts';
import type { Reason } from '../shared/document/reason.ts';
import { type LastWrite, readLastWrite } from '../shared/drift/last-write.ts';
import {
  boundsByAutoscaling,
  changedByPerson,
  countsByAutoscaling,
  expectedSettings,
  presentSettings,
} from '../shared/drift/person-change.ts';
import { restoreToPersons } from '../shared/drift/restore-target.ts';
import { withoutScheduled } from '../shared/drift/scheduled-bounds.ts';
import { readServiceRecord } from '../shared/incident/service-record.ts';
import type { Snapshot } from '../shared/incident/snapshot.ts';
import { readSnapshot } from '../shared/incident/snapshot-store.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { planScaleIn } from '../shared/plan/scale-in.ts';
import { planScaleOut } from '../shared/plan/scale-out.ts';
import { readHeld } from '../shared/pool/held.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { tried } from '../shared/preflight/trials.ts';

/** Decides what to change and why: out, by the runbook's alerts and thresholds; or in, back to the snapshot. */
export const plan = step({
  name: 'plan',
  input: v.object({
    direction: v.picklist(['out', 'in']),
    document: documentWith(
      'request',
      'incident?',
      'assessment',
      'plan?',
      'pools?',
      'change?',
      'throttled?',
      'verification?',
      'approval?',
    ),
  }),
  async run({ direction, document }, { config, store, log }: StepContext<'store'>) {
    const { request, incident, assessment } = document;
    const service = serviceConfig(config, request.service);
    const snapshot = incident && (await readSnapshot(incident, store));
    const written = await readLastWrite(incident, store);
    const joined =
      direction === 'out' && incident && !request.dryRun
        ? ((await readServiceRecord(incident, store))?.joinedNow ?? [])
        : [];
    const made =
      direction === 'out'
        ? planScaleOut(request, assessment, service, config, {
            plan: document.plan,
            verification: document.verification,
            joined,
            writingSince: firstOf(snapshot?.takenAt, written.desiredAt),
            changedByPerson: touched(document),
            lastWritten: written,
            restoreTo: snapshot && betweenRuns(snapshot, assessment, written),
            pools: poolsNow(document),
          })
        : planScaleIn(
            request,
            assessment,
            snapshot,
            service,
            config,
            document.plan,
            // Where this incident has written nothing, what differs from the first look was changed meanwhile.
            { ...document.verification?.found, ...written },
            await readHeld(incident, store),
          );
    // In a storm every look takes a call from a run that has not scaled yet.
    const seldom = document.throttled ? config.timing.watch.intervalSeconds : 0;
    const paced = {
      ...made,
      ...(joined.length > 0 ? { joined } : {}),
      ...(direction === 'in' ? { approved: isApproved(made, assessment.at, document.approval) } : {}),
      nextCheckSeconds: Math.max(made.nextCheckSeconds, seldom),
    };
    log.info(`plan: ${paced.action}`, { ...paced });
    return paced;
  },
  preflight: (ask, context: StepContext<'store'>) =>
    tried(
      'plan',
      [...recordTrials(context.store, ask, { reads: ['service', 'snapshot', 'written', 'pools'] })],
      context,
    ),
});

export const handler = lambda(plan, { store });

/** The earlier of two times, which may be of two clocks; what is undefined is sorted last. */
const firstOf = (...times: (string | undefined)[]): string | undefined => times.toSorted()[0];

/** Whether people have said yes to this very plan, and not too long ago: what had to wait goes on with that. */
function isApproved(
  { action, hash, approvalSeconds }: Plan,
  at: string,
  approval: Approval | undefined,
): boolean {
  if (action !== 'scale-in' || approval?.planHash !== hash) return false;
  return Date.parse(at) - Date.parse(approval.at) <= approvalSeconds * 1000;
}

/** What the pools said at this look. What has not helped once in this run is not tried again. */
function poolsNow({
  assessment,
  pools,
  change,
}: Looked): Pick<PoolsRead, 'room' | 'raises' | 'slots'> | undefined {
  if (pools?.of !== assessment.at) return undefined;
  if (change?.pools?.mode !== 'undo') return pools;
  return pools.room ? { room: { ...pools.room, raises: [] } } : undefined;
}

interface Looked {
  assessment: Assessment;
  pools?: PoolsRead | undefined;
  change?: Changes | undefined;
}

/** In a later run of an incident: what a person has changed since the last write, to be given back in the end. */
function betweenRuns(snapshot: Snapshot, assessment: Assessment, written: LastWrite) {
  const present = presentSettings(assessment);
  if (!present?.bounds) return undefined;
  const bounds = withoutScheduled(written.bounds, present.bounds, boundsByAutoscaling(assessment));
  return restoreToPersons(snapshot, { ...present, bounds }, written);
}

/** In a later round: what a person changed since this run last wrote, so that the new plan does not overrule it. */
function touched({
  assessment,
  plan,
  change,
}: {
  assessment: Assessment;
  plan?: Plan | undefined;
  change?: Changes | undefined;
}): Reason[] {
  const present = presentSettings(assessment);
  if (!plan || !change || !present) return [];
  const expected = expectedSettings(plan, change);
  return changedByPerson(expected, present, countsByAutoscaling(assessment), boundsByAutoscaling(assessment));
}
