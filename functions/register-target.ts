import { z } from 'zod';
import { writeAbsolute } from '../shared/absolute-write.ts';
import { readBounds, writeBounds } from '../shared/aws/autoscaling.ts';
import { autoscaling, store } from '../shared/aws/clients.ts';
import { type Bounds, Incident, Plan, Request } from '../shared/document.ts';
import { GuardError } from '../shared/errors.ts';
import { assertLock } from '../shared/incident.ts';
import { lambda, step } from '../shared/lambda.ts';
import type { Tools } from '../shared/tools.ts';

/**
 * Runbook Step 3 and its reset: the bounds of autoscaling, and whether it may scale in. `raise` and `restore` write
 * the plan's bounds; `restore` leaves scaling in suspended, and `resume` gives the suspended state back last.
 */
export const registerTarget = step({
  name: 'register-target',
  input: z.object({
    mode: z.enum(['raise', 'restore', 'resume']),
    document: z.object({ request: Request, incident: Incident, plan: Plan }),
  }),
  async run({ mode, document: { request, incident, plan } }, tools: Tools<'autoscaling' | 'store'>) {
    if (!plan.bounds)
      return { changed: false, from: null, to: null, reasons: ['no scalable target to change'] };
    const { from, to } = wanted(mode, plan.bounds);
    const present = await readBounds(tools.autoscaling, incident.service);
    const lowest = plan.desired?.to ?? to.min;
    if (mode !== 'raise' && to.max < lowest) {
      throw new GuardError(
        `max ${to.max} is below the wanted ${lowest} tasks: that would be a scale-in at once`,
      );
    }
    await assertLock(incident, tools.store);
    const change = await writeAbsolute({
      what: 'bounds of autoscaling',
      from,
      to,
      present,
      dryRun: request.dryRun,
      write: () => writeBounds(tools.autoscaling, incident.service, to),
    });
    tools.log.info('register-target', { mode, ...change });
    return change;
  },
});

export const handler = lambda(registerTarget, { autoscaling, store });

/** Resuming comes after the bounds: its `from` is what `restore` left behind. */
function wanted(mode: 'raise' | 'restore' | 'resume', bounds: { from: Bounds; to: Bounds }) {
  if (mode === 'raise') return bounds;
  const restored = { ...bounds.to, suspended: bounds.from.suspended };
  return mode === 'restore' ? { from: bounds.from, to: restored } : { from: restored, to: bounds.to };
}
