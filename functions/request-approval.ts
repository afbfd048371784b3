import * as v from 'valibot';
import { isRelief } from '../shared/approval/about.ts';
import { inviteApprovers } from '../shared/approval/invite.ts';
import { type ApprovalRequest, decidersOf } from '../shared/approval/request.ts';
import { markApproval, storeApproval } from '../shared/approval/store.ts';
import { mail, store } from '../shared/aws/clients.ts';
import { links, random } from '../shared/aws/platform.ts';
import { ApprovalNotSentError, GuardError } from '../shared/core/errors.ts';
import type { CachePlan } from '../shared/document/cache-relief.ts';
import { documentWith } from '../shared/document/document.ts';
import type { Plan } from '../shared/document/plan.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { mailTrials } from '../shared/preflight/mails.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { tried } from '../shared/preflight/trials.ts';

/**
 * Callback task: stores the request with its task token and mails one link per approver. The token stays on the
 * server; the link carries a random handle of which only the hash is stored.
 * @throws ApprovalNotSentError when fewer approvers than needed could be reached: nobody could ever approve.
 */
export const requestApproval = step({
  name: 'request-approval',
  input: v.object({
    taskToken: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)),
    /** Names the request; the reminders of the same request use it too. */
    approvalId: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
    document: v.union([
      documentWith('request', 'incident', 'assessment', 'plan'),
      documentWith('request', 'incident', 'assessment', 'cachePlan'),
    ]),
  }),
  async run(
    { taskToken, approvalId, document },
    context: StepContext<'mail' | 'store' | 'links' | 'random'>,
  ) {
    const { request, incident, assessment } = document;
    const plan = askedIn(document);
    const { approval } = context.config;
    const now = context.now();
    const { needed, approvers } = decidersOf(request, approval, isRelief(plan) ? plan.needed : 1);
    const asked: ApprovalRequest = {
      id: approvalId,
      execution: request.execution.arn,
      environment: request.environment,
      service: request.service,
      incidentId: incident.id,
      requestedBy: request.requestedBy,
      ...(request.claimed ? { claimed: true } : {}),
      plan,
      metrics: assessment.metrics,
      createdAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + plan.approvalSeconds * 1000).toISOString(),
      needed,
      decisions: [],
      delivered: false,
      late: false,
      reminded: false,
      escalated: false,
      unreached: [],
    };
    await storeApproval(asked, taskToken, context.store);
    const { sent, unreached, failures } = await inviteApprovers(asked, approvers, 'request', context);
    context.log.info('approval requested', { approval: asked.id, sent, failures });
    if (sent < asked.needed) {
      await markApproval(asked.id, { delivered: true }, context.store);
      const why = failures.length > 0 ? `: ${failures.join('; ')}` : '';
      throw new ApprovalNotSentError(`${asked.needed} approvers are needed, ${sent} could be asked${why}`);
    }
    if (unreached.length > 0) await markApproval(asked.id, { unreached }, context.store);
    return { approval: asked.id, expiresAt: asked.expiresAt };
  },
  preflight: (ask, context: StepContext<'mail' | 'store' | 'links' | 'random'>) =>
    tried(
      'request-approval',
      [
        ...recordTrials(context.store, ask, { writes: ['approval', 'approval-handle', 'approval-token'] }),
        ...mailTrials('request-approval', ask, context),
      ],
      context,
    ),
});

/** A way back, or a relief of the cache. @throws GuardError where nothing is to be done to it */
function askedIn(document: { plan: Plan } | { cachePlan: CachePlan }): ApprovalRequest['plan'] {
  if ('plan' in document) return document.plan;
  if (document.cachePlan.action === 'relieve') return document.cachePlan;
  throw new GuardError('no relief is planned that could be approved');
}

export const handler = lambda(requestApproval, { mail, store, links, random });
