import type { Assessment } from '../document/assessment.ts';
import type { Plan } from '../document/plan.ts';
import { settingChanges } from '../document/setting-changes.ts';
import { boundsByAutoscaling, presentSettings } from '../drift/person-change.ts';
import { withoutScheduled } from '../drift/scheduled-bounds.ts';
import { because } from '../format/reasons.ts';
import { differences, otherChanges, type Snapshot } from '../incident/snapshot.ts';
import { staying } from './calm.ts';
import { type Check, type Verdict, waitForService } from './check.ts';

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
  if (!written || !bounds) return planned;
  // The schedules go on since the last write.
  const since = boundsByAutoscaling(now);
  const rest = withoutScheduled(written, bounds, since);
  return {
    ...planned,
    bounds: settingChanges({ bounds: written }, { bounds: rest }).length ? written : bounds,
  };
}

/** Whether every setting is where the way back ends. Pure. */
export function restored(check: Check, now: Assessment): Verdict {
  if ('unknown' in now.service) return waitForService(now.service);
  const { snapshot, plan } = check;
  const kept = [...(plan?.scheduled ?? []), ...(plan?.kept ?? [])];
  if (!snapshot) return { state: 'reached', reasons: [because('no-snapshot'), ...kept] };
  const wanted = wantedEnd(snapshot, check, now);
  const open = differences(wanted, now.service, now.autoscaling);
  if (open.length > 0) return { state: 'waiting', reasons: open };
  const reason = because('as-in-snapshot', { takenAt: snapshot.takenAt });
  return { state: 'reached', reasons: [reason, ...staying(now), ...kept, ...otherChanges(snapshot, now)] };
}
