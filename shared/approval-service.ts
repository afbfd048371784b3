import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import {
  type ApprovalRequest,
  antiForgery,
  findApproval,
  markDelivered,
  recordDecision,
  sameSecret,
} from './approvals.ts';
import { ApprovalRejectedError } from './errors.ts';
import { decidedPage, expiredPage, type Page, refusedPage, requestPage } from './page.ts';
import type { Tools } from './tools.ts';

type ServiceTools = Tools<'states' | 'store'>;

const longestReason = 1000;

/** GET and HEAD: shows what a link is about and decides nothing, whoever or whatever opens it. */
export async function showApproval(handle: string, tools: ServiceTools): Promise<Page> {
  const found = await findApproval(handle, tools.store);
  if (!found) return refuse('unknown handle', tools);
  const { request, approver } = found;
  if (request.decision) return decidedPage(await deliver(request, tools), true);
  if (isExpired(request, tools.now())) return expiredPage(request);
  return requestPage(request, approver, handle, tools.config, tools.now());
}

/** POST: decides, with the page's anti-forgery value and a reason that a person typed. The first decision wins. */
export async function decideApproval(
  handle: string,
  form: URLSearchParams,
  tools: ServiceTools,
): Promise<Page> {
  const found = await findApproval(handle, tools.store);
  if (!found) return refuse('unknown handle', tools);
  const { request, approver } = found;
  const decision = form.get('decision');
  if (!sameSecret(form.get('check') ?? '', antiForgery(handle, request.id)))
    return refuse('anti-forgery value', tools);
  if (decision !== 'approved' && decision !== 'rejected') return refuse('no decision', tools);
  if (request.decision) return decidedPage(await deliver(request, tools), false);
  if (isExpired(request, tools.now())) return expiredPage(request);
  const reason = (form.get('reason') ?? '').trim();
  if (reason === '' || reason.length > longestReason) {
    const problem =
      reason === ''
        ? 'Please type a reason: it is the audit trail’s why.'
        : `Please keep the reason under ${longestReason} characters.`;
    return requestPage(request, approver, handle, tools.config, tools.now(), problem);
  }
  const recorded = await recordDecision(found, { decision, reason }, tools.now(), tools.store);
  tools.log.info('approval decided', {
    approval: request.id,
    decision: recorded.request.decision,
    won: recorded.won,
  });
  return decidedPage(await deliver(recorded.request, tools), recorded.won);
}

/**
 * Hands a stored decision to Step Functions. A decision that was stored but not delivered is sent again whenever its
 * page is opened; a second delivery changes nothing (TaskTimedOut: the task is closed already).
 */
export async function deliver(request: ApprovalRequest, tools: ServiceTools): Promise<ApprovalRequest> {
  if (request.delivered || !request.decision) return request;
  try {
    await send(request, tools.states);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'Unknown';
    if (name !== 'TaskTimedOut' && name !== 'TaskDoesNotExist' && name !== 'InvalidToken') {
      tools.log.error('the decision could not be delivered yet', { approval: request.id, error: name });
      return request;
    }
    tools.log.warn('the workflow was not waiting for this decision any more', {
      approval: request.id,
      error: name,
    });
  }
  await markDelivered(request.id, tools.store);
  return { ...request, delivered: true };
}

async function send({ decision, taskToken, plan }: ApprovalRequest, states: SFNClient): Promise<void> {
  if (!decision) return;
  const audit = {
    decision: decision.decision,
    by: decision.by,
    at: decision.at,
    reason: decision.reason,
    planHash: plan.hash,
  };
  if (decision.decision === 'approved') {
    await states.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(audit) }));
    return;
  }
  const error = new ApprovalRejectedError().name;
  await states.send(new SendTaskFailureCommand({ taskToken, error, cause: JSON.stringify(audit) }));
}

const isExpired = (request: ApprovalRequest, now: Date) => now.getTime() >= Date.parse(request.expiresAt);

function refuse(why: string, { log }: ServiceTools): Page {
  log.warn('approval refused', { why });
  return refusedPage();
}
