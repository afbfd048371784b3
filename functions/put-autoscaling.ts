import * as v from 'valibot';
import { policyRows, presentPolicy } from '../shared/autoscaling/differences.ts';
import { readAutoscalingOf } from '../shared/autoscaling/present.ts';
import {
  metricOf,
  type PolicyKind,
  type PresentAutoscaling,
  policyKinds,
} from '../shared/autoscaling/settings.ts';
import { writeTrackingPolicy } from '../shared/autoscaling/tracking-policies.ts';
import { writeBounds } from '../shared/aws/autoscaling.ts';
import { autoscaling, ecs, store } from '../shared/aws/clients.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { GuardError } from '../shared/core/errors.ts';
import type { AutoscalingPlan, TrackingPolicy } from '../shared/document/autoscaling.ts';
import { documentWith } from '../shared/document/document.ts';
import type { Incident } from '../shared/document/incident.ts';
import type { Change } from '../shared/document/plan.ts';
import type { Reason } from '../shared/document/reason.ts';
import type { Request } from '../shared/document/request.ts';
import type { Bounds } from '../shared/document/settings.ts';
import { because, textsOf } from '../shared/format/reasons.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { ceilingOf } from '../shared/plan/guards/limits.ts';
import { policyTrial, scalingTrials, targetTrials } from '../shared/preflight/autoscaling.ts';
import { serviceTrial } from '../shared/preflight/ecs.ts';
import { switchTrial } from '../shared/preflight/parameters.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, notTried, tried } from '../shared/preflight/trials.ts';
import { boundsDifferences, decideAbsolute } from '../shared/writes/absolute-write.ts';
import { writeUnderLock } from '../shared/writes/under-lock.ts';

type WriteTools = StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>;
/** One write, and how to make it; without `write` there is nothing to do. */
type Decided = Change & { write?: (check: Precondition) => Promise<void> };

const nothing = (what: string): Decided => ({
  changed: false,
  from: null,
  to: null,
  reasons: [because('nothing-to-change', { what })],
});

/** Appendix: one write of the plan, the scalable target or one of its policies. Repeating it changes nothing more. */
export const putAutoscaling = step({
  name: 'put-autoscaling',
  input: v.object({
    part: v.picklist(['target', ...policyKinds]),
    document: documentWith('request', 'incident', 'autoscaling'),
  }),
  async run({ part, document }, context: WriteTools) {
    const { request, incident, autoscaling: plan } = document;
    if (plan.action === 'hold') throw new GuardError(textsOf(plan.reasons).join('; '));
    const service = serviceConfig(context.config, request.service);
    const present = await readAutoscalingOf(service, context);
    const { write, ...change } =
      part === 'target'
        ? decideTarget(document, present, context)
        : decidePolicy(part, document, present, context);
    if (change.changed && write && !request.dryRun) await writeUnderLock(incident, write, context);
    context.log.info('put-autoscaling', { part, ...change });
    return change;
  },
  preflight: (ask, context: WriteTools) =>
    tried(
      'put-autoscaling',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service'] }),
        ...forEach(ask, context.config, (service) => [
          serviceTrial(context.ecs, service),
          ...scalingTrials(context.autoscaling, service),
          ...targetTrials(context, ask, service),
          policyTrial(context, ask, service),
          notTried('cloudwatch:DeleteAlarms', 'deleting-only'),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(putAutoscaling, { ecs, autoscaling, store, switch: killSwitch });

interface Document {
  request: Request;
  incident: Incident;
  autoscaling: AutoscalingPlan;
}

function decideTarget(document: Document, present: PresentAutoscaling, context: WriteTools): Decided {
  const { target } = document.autoscaling;
  if (!target) return nothing('bounds of autoscaling');
  const { from, to } = target;
  const ceiling = ceilingOf(serviceConfig(context.config, document.request.service));
  if (to.max > ceiling) throw new GuardError(`max ${to.max} is above the ceiling of ${ceiling}`);
  if (to.max < present.desired)
    throw new GuardError(
      `max ${to.max} is below the ${present.desired} desired tasks: that would be a scale-in at once`,
    );
  const change = decideAbsolute<Bounds | null>({
    what: 'bounds of autoscaling',
    from,
    to,
    present: present.bounds,
    differences: boundsDifferences,
  });
  return {
    ...change,
    write: (check) => writeBounds(context.autoscaling, document.incident.service, to, check),
  };
}

function decidePolicy(
  kind: PolicyKind,
  { request, incident, autoscaling: { policies } }: Document,
  present: PresentAutoscaling,
  context: WriteTools,
): Decided {
  const planned = policies[kind];
  if (!planned) return nothing(`the ${kind} policy`);
  const { from, to } = planned;
  const change = decideAbsolute({
    what: `policy ${to.name}`,
    from,
    to,
    present: presentPolicy(present, to),
    differences: (before, after) => policyDifferences(kind, before, after),
  });
  const metric = metricOf(kind, serviceConfig(context.config, request.service), to.metric);
  return {
    ...change,
    write: (check) => writeTrackingPolicy(context.autoscaling, incident.service, to, metric, check),
  };
}

/** What differs between two policies of a kind. */
function policyDifferences(
  kind: PolicyKind,
  from: TrackingPolicy | null | undefined,
  to: TrackingPolicy | null | undefined,
): Reason[] {
  if (!to) return from ? [because('policy-gone', { policy: from.name })] : [];
  const renamed =
    from && from.name !== to.name ? [{ label: 'policy name', from: from.name, to: to.name }] : [];
  return [...renamed, ...policyRows(kind, from ?? null, to)].map((row) => because('row-changed', { ...row }));
}
