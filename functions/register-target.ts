import * as v from 'valibot';
import { writeBounds } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { GuardError } from '../shared/core/errors.ts';
import { documentWith } from '../shared/document/document.ts';
import type { Bounds } from '../shared/document/settings.ts';
import { expectedSettings } from '../shared/drift/person-change.ts';
import { because } from '../shared/format/reasons.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { boundsDifferences, decideAbsolute } from '../shared/writes/absolute-write.ts';
import { guardedWrite, readBeforeWrite } from '../shared/writes/guarded-write.ts';

/**
 * Runbook Step 3 and its reset: the bounds of autoscaling, and whether it may scale in. `raise` and `restore` write
 * the plan's bounds; `restore` leaves scaling in suspended, and `resume` gives the suspended state back last.
 */
export const registerTarget = step({
  name: 'register-target',
  input: v.object({
    mode: v.picklist(['raise', 'restore', 'resume']),
    document: documentWith('request', 'incident', 'plan', 'assessment', 'change?', 'step?'),
  }),
  async run({ mode, document }, context: StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>) {
    const { request, incident, plan, assessment } = document;
    if (!plan.bounds)
      return {
        changed: false,
        from: null,
        to: null,
        reasons: [because('nothing-to-change', { what: 'bounds of autoscaling' })],
      };
    const { from, to } = wanted(mode, plan.bounds);
    const present = await readBeforeWrite(incident, assessment, context);
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
    const known = expectedSettings(plan, assessment, mode === 'raise' ? {} : document.change, document.step);
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
});

export const handler = lambda(registerTarget, { ecs, autoscaling, store, switch: killSwitch });

/** Resuming comes after the bounds: its `from` is what `restore` left behind. */
function wanted(mode: 'raise' | 'restore' | 'resume', bounds: { from: Bounds; to: Bounds }) {
  if (mode === 'raise') return bounds;
  const restored = { ...bounds.to, suspended: bounds.from.suspended };
  return mode === 'restore' ? { from: bounds.from, to: restored } : { from: restored, to: bounds.to };
}
