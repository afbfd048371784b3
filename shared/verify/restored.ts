import type { ServiceConfig } from '../config/service.ts';
import type { Assessment } from '../document/assessment.ts';
import type { Difference } from '../document/difference.ts';
import type { Plan } from '../document/plan.ts';
import type { Reason } from '../document/reason.ts';
import { type Settings, settingChanges } from '../document/setting-changes.ts';
import { boundsByAutoscaling, presentSettings } from '../drift/person-change.ts';
import { withoutScheduled } from '../drift/scheduled-bounds.ts';
import { because } from '../format/reasons.ts';
import { differences, otherChanges, type Snapshot } from '../incident/snapshot.ts';
import { baselineOf } from '../plan/baseline.ts';
import { whyTooFew } from '../plan/failed-starts.ts';
import { staying } from './calm.ts';
import { type Check, type Verdict, waitForService } from './check.ts';
import { lastingDifferences, lastingPools } from './lasting.ts';

const plannedEnd = (snapshot: Snapshot, plan: Plan): Snapshot => ({
  ...snapshot,
  desired: plan.desired?.to ?? snapshot.desired,
  bounds: plan.bounds?.to ?? snapshot.bounds,
  cpuPolicy: plan.cpuPolicy?.to ?? snapshot.cpuPolicy,
});

/** Where the way back ends: at the snapshot, but for what a person changed and what scheduled actions set. */
function wantedEnd(snapshot: Snapshot, { plan, change }: Check, now: Assessment): Snapshot {
  const elsewhere = plan?.kept?.length || plan?.scheduled?.length;
  const planned = plan && elsewhere ? plannedEnd(snapshot, plan) : snapshot;
  const written = change?.suspended?.to ?? planned.bounds;
  const { bounds } = presentSettings(now) ?? {};
  // The schedules go on since the last write.
  const since = boundsByAutoscaling(now);
  const rest = withoutScheduled(written, bounds, since);
  return {
    ...planned,
    bounds: settingChanges({ bounds: written }, { bounds: rest }).length ? written : bounds,
  };
}

/** Without a snapshot the way back ends at its plan's numbers. */
const plannedNumbers = (plan: Plan | undefined, present: Settings): Settings => ({
  desired: plan?.desired?.to ?? present.desired,
  bounds: plan?.bounds?.to ?? present.bounds,
  cpuPolicy: plan?.cpuPolicy?.to ?? present.cpuPolicy,
});

/** Whether every setting is where the way back ends, and what is then not as before the incident. Pure. */
export function restored(
  check: Check,
  now: Assessment,
  { service: config, late }: { service: ServiceConfig; late: boolean },
): Verdict {
  const { service } = now;
  if ('unknown' in service) return waitForService(service);
  const { snapshot, plan } = check;
  const present: Settings = presentSettings(now) ?? {};
  const wanted = snapshot ? wantedEnd(snapshot, check, now) : plannedNumbers(plan, present);
  const open = differences(wanted, service, now.autoscaling);
  if (open.length > 0) return { state: 'waiting', reasons: open };
  const { running, desired } = service;
  // Protected tasks may run on for two days.
  if (running < desired || (running > desired && !late)) {
    const why = running < desired ? whyTooFew(now, check.request.receivedAt) : [];
    return { state: 'waiting', reasons: [because('tasks-on-the-way', { running, desired }), ...why] };
  }
  const others = snapshot ? otherChanges(snapshot, now) : [];
  const { suspended, pools } = check.change ?? {};
  const before = snapshot ?? baselineOf(config, present);
  const lasting = [...lastingDifferences(before, others, now, plan, suspended?.to), ...lastingPools(pools)];
  const takenAt = snapshot?.takenAt;
  const kept = [...(plan?.scheduled ?? []), ...(plan?.kept ?? []).filter((one) => holds(one, lasting))];
  return {
    state: 'reached',
    reasons: [...verdict(takenAt, lasting.length, plan), ...staying(now), ...kept, ...others],
    differences: lasting,
  };
}

/** What a person changed may have been set otherwise since, by a schedule that was due. */
const holds = ({ setting, to }: Reason, lasting: readonly Difference[]): boolean =>
  lasting.every((one) => one.setting !== setting || one.after === to);

/** Whether all is as before, and as before what. */
function verdict(takenAt: string | undefined, settings: number, plan: Plan | undefined): Reason[] {
  const except = settings > 0 ? [because('restored-but-for', { takenAt, settings })] : [];
  if (takenAt === undefined) return [because('no-snapshot'), ...except];
  if (settings > 0) return except;
  return [because(plan?.action === 'restored' ? 'nothing-to-restore' : 'as-in-snapshot', { takenAt })];
}
