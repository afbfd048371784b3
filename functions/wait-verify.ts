import * as v from 'valibot';
import { assessmentOf } from '../shared/assess/judge.ts';
import { observe } from '../shared/assess/observe.ts';
import { autoscaling, cloudwatch, ecs, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { int } from '../shared/core/schema.ts';
import { Assessment } from '../shared/document/assessment.ts';
import { Incident } from '../shared/document/incident.ts';
import { Plan } from '../shared/document/plan.ts';
import { Request } from '../shared/document/request.ts';
import { Verification } from '../shared/document/verification.ts';
import { Changes, changedByPersonError, changedSince } from '../shared/drift/person-change.ts';
import { assertLock } from '../shared/incident/lock.ts';
import { readSnapshot } from '../shared/incident/snapshot-store.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import type { Tools } from '../shared/lambda/tools.ts';
import { verify } from '../shared/verify/verify.ts';

/** Runbook Step 4: one check of a polling loop towards a goal; the state machine waits and asks again. Reads only. */
export const waitVerify = step({
  name: 'wait-verify',
  // The next poll asks again; where AWS throttles, whoever has not scaled yet comes first.
  attempts: 1,
  input: v.object({
    goal: Verification.entries.goal,
    document: v.object({
      request: Request,
      incident: Incident,
      assessment: v.optional(Assessment),
      plan: v.optional(Plan),
      verification: v.optional(Verification),
      change: v.optional(Changes),
      step: v.optional(v.object({ to: int })),
      /** Set when AWS throttled this run before its plan. */
      throttled: v.optional(v.unknown()),
    }),
  }),
  async run({ goal, document }, tools: Tools<'ecs' | 'autoscaling' | 'cloudwatch' | 'http' | 'store'>) {
    const { request, incident, plan } = document;
    // A run that lost its lock ends here too, not only at its next write.
    await assertLock(incident, tools.store);
    const snapshot =
      goal === 'restored' || goal === 'calm' ? await readSnapshot(incident, tools.store) : undefined;
    const service = serviceConfig(tools.config, request.service);
    const seen = await observe(service, tools);
    const check = {
      goal,
      request,
      plan,
      before: document.assessment,
      snapshot,
      throttled: document.throttled !== undefined,
      previous: document.verification ?? handedOn(request, goal),
    };
    const now = assessmentOf(seen, tools.config);
    if (goal === 'recovered' || goal === 'step') {
      const changed = changedSince(document, now);
      if (changed.length > 0) throw changedByPersonError(changed);
    }
    const checks = (document.verification?.checks ?? 0) + 1;
    const verification = { ...verify(check, now, service, tools.config), checks };
    tools.log.info(`verification: ${verification.state}`, { ...verification });
    return verification;
  },
});

/** An execution that goes on for another one keeps its deadline; calm itself is looked for anew. */
function handedOn({ waitingSince }: Request, goal: Verification['goal']): Verification | undefined {
  if (!waitingSince || goal !== 'calm') return undefined;
  return { goal, state: 'waiting', since: waitingSince, mention: false, nextCheckSeconds: 0, reasons: [] };
}

export const handler = lambda(waitVerify, { ecs, autoscaling, cloudwatch, http, store });
