import * as v from 'valibot';
import { writeBounds } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { readScheduledActions } from '../shared/aws/scheduled-actions.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { GuardError } from '../shared/core/errors.ts';
import type { Assessment } from '../shared/document/assessment.ts';
import { plannedWrite } from '../shared/document/document.ts';
import type { Incident } from '../shared/document/incident.ts';
import type { Reason } from '../shared/document/reason.ts';
import type { Bounds } from '../shared/document/settings.ts';
import { ownCount } from '../shared/drift/own-count.ts';
import { expectedSettings } from '../shared/drift/person-change.ts';
import { afterSchedules, withoutScheduled } from '../shared/drift/scheduled-bounds.ts';
import { because } from '../shared/format/reasons.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import {
  actionsTrial,
  activitiesTrial,
  scalingTrials,
  targetTrials,
} from '../shared/preflight/autoscaling.ts';
import { serviceTrial } from '../shared/preflight/ecs.ts';
import { switchTrial } from '../shared/preflight/parameters.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';
import { boundsDifferences, decideAbsolute } from '../shared/writes/absolute-write.ts';
import { assertApproved } from '../shared/writes/approved.ts';
import { type BeforeWrite, guardedWrite, readBeforeWrite } from '../shared/writes/guarded-write.ts';

/**
 * Runbook Step 3 and its reset: the bounds of autoscaling, and whether it may scale in. `raise` and `restore` write
 * the plan's bounds; `restore` leaves scaling in and schedules suspended, and `resume` gives the suspended state back
 * last. What scheduled actions set themselves, or would have set since the plan, is no person's change.
 */
export const registerTarget = step({
  name: 'register-target',
  input: v.object({
    mode: v.picklist(['raise', 'restore', 'resume']),
    document: plannedWrite(),
  }),
  async run({ mode, document }, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) {
    const { request, incident, plan, assessment } = document;
    if (mode !== 'raise') assertApproved(plan, document.approval);
    if (!plan.bounds)
      return {
        changed: false,
        from: null,
        to: null,
        reasons: [because('nothing-to-change', { what: 'bounds of autoscaling' })],
      };
    const own = ownCount(document);
    const present = await readBeforeWrite(incident, assessment, context, own);
    const planned = wanted(mode, plan.bounds, document.change?.bounds?.to);
    const from = asScheduled(planned.from, present);
    const { to, reasons } =
      mode === 'raise'
        ? { to: above(planned.to, from), reasons: [] }
        : await afterDue(planned.to, plan.bounds.to, { incident, assessment, present }, context);
    if (mode !== 'raise' && to.max < present.desired) {
      throw new GuardError(
        `max ${to.max} is below the ${present.desired} desired tasks: that would be a scale-in at once`,
      );
    }
    const change = decideAbsolute({
      what: 'bounds of autoscaling',
      from,
      to,
      present: present.bounds,
      differences: boundsDifferences,
    });
    change.reasons.push(...reasons);
    const known = expectedSettings(plan, mode === 'raise' ? {} : document.change, document.step);
    const write = (check: Precondition) => writeBounds(context.autoscaling, incident.service, to, check);
    await guardedWrite(
      incident,
      { ...known, bounds: from },
      present,
      { bounds: to, restoreTo: plan.restoreTo },
      { dryRun: request.dryRun, write: change.changed ? write : undefined },
      context,
    );
    context.log.info('register-target', { mode, ...change });
    return change;
  },
  preflight: (ask, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) =>
    tried(
      'register-target',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service'], writes: ['written'] }),
        ...forEach(ask, context.config, (service) => [
          serviceTrial(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
          activitiesTrial(context.autoscaling, service),
          actionsTrial(context.autoscaling, service),
          ...targetTrials(context, ask, service),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(registerTarget, { ecs, autoscaling, store, switch: killSwitch });

/** Resuming comes after the bounds: its `from` is what `restore` left behind. */
function wanted(
  mode: 'raise' | 'restore' | 'resume',
  bounds: { from: Bounds; to: Bounds },
  left: Bounds | null | undefined,
) {
  if (mode === 'raise') return bounds;
  const restored = { ...bounds.to, suspended: bounds.from.suspended };
  return mode === 'restore' ? { from: bounds.from, to: restored } : { from: left ?? restored, to: bounds.to };
}

/** The steps down may have taken an hour: what was due since the plan is given back too, but removes no task. */
async function afterDue(
  to: Bounds,
  normal: Bounds,
  seen: { incident: Incident; assessment: Assessment; present: BeforeWrite },
  context: StepContext<'autoscaling'>,
): Promise<{ to: Bounds; reasons: Reason[] }> {
  const { incident, assessment, present } = seen;
  const { desired } = present;
  const actions = await readScheduledActions(context.autoscaling, incident.service);
  const between = { since: assessment.at, until: context.now().toISOString() };
  const { target, reasons } = afterSchedules({ desired, bounds: normal }, actions, between);
  const { min, max } = target.bounds ?? normal;
  return { to: { ...to, min, max }, reasons };
}

/** What a scheduled action has set since the assessment is where the write starts from. */
function asScheduled(from: Bounds, { bounds, boundsByAutoscaling }: BeforeWrite): Bounds {
  const rest = withoutScheduled(from, bounds, boundsByAutoscaling);
  const explained = bounds && rest?.min === from.min && rest.max === from.max;
  return explained ? { ...from, min: bounds.min, max: bounds.max } : from;
}

/** An emergency never lowers what is registered. */
const above = (to: Bounds, from: Bounds): Bounds => ({
  ...to,
  min: Math.max(to.min, from.min),
  max: Math.max(to.max, from.max),
});
