import {
  cpuPolicyNames,
  cpuPolicyOf,
  readBounds,
  readPolicies,
  setByAutoscaling,
} from '../aws/autoscaling.ts';
import { readService } from '../aws/ecs.ts';
import type { Precondition } from '../aws/repeated-attempts.ts';
import { canonicalJson } from '../core/hash.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Incident } from '../document/incident.ts';
import type { Settings } from '../document/setting-changes.ts';
import { type LastWrite, noteLastWrite } from '../drift/last-write.ts';
import { knownCount, type OwnCount } from '../drift/own-count.ts';
import { changedByPerson, changedByPersonError, shownLate } from '../drift/person-change.ts';
import type { BoundsSet } from '../drift/scheduled-bounds.ts';
import { assertLock } from '../incident/lock.ts';
import type { StepContext } from '../lambda/context.ts';
import { writeUnderLock } from './under-lock.ts';

export type WriteTools = StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>;

/** Everything that is read again right before a write (invariant 5). */
export interface BeforeWrite extends Settings {
  desired: number;
  /** The count that ECS shows; `desired` is this run's own where that is an older one. */
  shown: number;
  rollout: ServiceView['rollout'];
  /** Names of the policies on average CPU. */
  cpuPolicyNames: string[];
  /** Counts that autoscaling asked for since the assessment, or so shortly before that it may not have shown them. */
  setByAutoscaling: number[];
  /** Bounds that scheduled actions set since the assessment. */
  boundsByAutoscaling: BoundsSet[];
}

/**
 * The settings right before a write, under the lock: what another run that took over has written is no person's change.
 * @param own this run's own last write of the count, where it made one
 * @throws ServiceNotUsableError when the service is missing or not ACTIVE.
 * @throws LockLostError when another run has taken over, LockRecordGoneError when nobody knows.
 */
export async function readBeforeWrite(
  incident: Incident,
  assessment: Assessment,
  context: WriteTools,
  own?: OwnCount,
): Promise<BeforeWrite> {
  const { ecs, autoscaling } = context;
  const since = new Date(Date.parse(assessment.at) - shownLate(assessment, own));
  // First: where AWS throttles, it is this call that is refused, and the others would be in vain.
  const view = await readService(ecs, incident.service);
  const [bounds, policies, set] = await Promise.all([
    readBounds(autoscaling, incident.service),
    readPolicies(autoscaling, incident.service),
    setByAutoscaling(autoscaling, incident.service, since),
  ]);
  await assertLock(incident, context.store);
  return {
    desired: knownCount(view.desired, own, set, context.now().toISOString()),
    shown: view.desired,
    rollout: view.rollout,
    bounds,
    cpuPolicy: cpuPolicyOf(policies, (name) => name === seenPolicy(assessment)),
    cpuPolicyNames: cpuPolicyNames(policies),
    setByAutoscaling: set.flatMap(({ count }) => count ?? []),
    boundsByAutoscaling: set,
  };
}

const seenPolicy = ({ autoscaling }: Assessment): string | undefined =>
  'bounds' in autoscaling ? autoscaling.cpuPolicy?.name : undefined;

/** What is to be written; without `write` it is there already. A dry run makes no write and notes none. */
export interface PlannedWrite {
  dryRun: boolean;
  write?: ((check: Precondition) => Promise<void>) | undefined;
}

/**
 * Does one write under guard: no person has changed a setting since the plan, the switch is on, and the lock is still
 * this run's, also before every repeated attempt. Then it notes what was written, for the way back.
 * @throws ChangedByPersonError, SwitchedOffError or LockLostError; then nothing was written.
 */
export async function guardedWrite(
  incident: Incident,
  expected: Settings,
  present: BeforeWrite,
  wanted: Settings & Pick<LastWrite, 'restoreTo'>,
  { dryRun, write }: PlannedWrite,
  context: WriteTools,
): Promise<void> {
  const changed = changedByPerson(
    { ...expected, ...landed(wanted, present) },
    present,
    present.setByAutoscaling,
    present.boundsByAutoscaling,
  );
  if (changed.length > 0) throw changedByPersonError(changed);
  if (write && !dryRun) await writeUnderLock(incident, write, context);
  else await assertLock(incident, context.store);
  if (dryRun) return;
  const desiredAt = wanted.desired === undefined ? {} : { desiredAt: context.now().toISOString() };
  await noteLastWrite(incident, { ...wanted, ...desiredAt }, context.store);
}

/** What this very call wrote before its answer was lost is not a person's change. */
function landed(wanted: Settings, present: Settings): Settings {
  // What is not wanted has no JSON, so it is like nothing.
  const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b ?? null);
  return {
    ...(same(wanted.desired, present.desired) ? { desired: wanted.desired } : {}),
    ...(same(wanted.bounds, present.bounds) ? { bounds: wanted.bounds } : {}),
    ...(same(wanted.cpuPolicy, present.cpuPolicy) ? { cpuPolicy: wanted.cpuPolicy } : {}),
  };
}
