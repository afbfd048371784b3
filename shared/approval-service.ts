import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import {
  type ApprovalRequest,
  antiForgery,
  currentApproval,
  type FoundApproval,
  findApproval,
  isReplaced,
  markApproval,
  readApproval,
  readTaskToken,
  recordDecision,
  sameSecret,
  verdictOf,
} from './approvals.ts';
import { isRunning } from './aws/step-functions.ts';
import { ApprovalRejectedError, LockLostError } from './errors.ts';
import {
  decidedPage,
  endedPage,
  expiredPage,
  type Page,
  refusedPage,
  replacedPage,
  requestPage,
  thanksPage,
} from './page.ts';
import type { Tools } from './tools.ts';

type ServiceTools = Tools<'states' | 'store'>;

const longestReason = 1000;

/** GET and HEAD: shows what a link is about and decides nothing, whoever or whatever opens it. */
export async function showApproval(handle: string, tools: ServiceTools): Promise<Page> {
  const found = await findApproval(handle, tools.store);
  if (!found) return refuse('unknown handle', tools);
  const closed = await closedPage(found, true, tools);
  return closed ?? requestPage(found.request, found.approver, handle, tools.config, tools.now());
}

/** POST: decides, with the page's anti-forgery value and a reason that a person typed. */
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
  const closed = await closedPage(found, false, tools);
  if (closed) return closed;
  const reason = (form.get('reason') ?? '').trim();
  if (reason === '' || reason.length > longestReason) {
    const problem =
      reason === ''
        ? 'Please type a reason: it is the audit trail’s why.'
        : `Please keep the reason under ${longestReason} characters.`;
    return requestPage(request, approver, handle, tools.config, tools.now(), problem);
  }
  const recorded = await recordDecision(found, { decision, reason }, tools.now(), tools.store);
  const verdict = verdictOf(recorded.request);
  tools.log.info('approval answered', {
    approval: request.id,
    by: approver,
    decision,
    won: recorded.won,
    verdict,
  });
  if (verdict === 'open') return thanksPage(recorded.request, recorded.won);
  return decidedPage(await deliver(recorded.request, tools), recorded.won);
}

/** The page of a request on which this approver can decide nothing any more; undefined while it is open. */
async function closedPage(
  { request, approver }: FoundApproval,
  showing: boolean,
  tools: ServiceTools,
): Promise<Page | undefined> {
  if (verdictOf(request) !== 'open') return decidedPage(await deliver(request, tools), showing);
  if (request.decisions.some(({ by }) => by === approver)) return thanksPage(request, showing);
  if (tools.now().getTime() >= Date.parse(request.expiresAt)) return expiredPage(request);
  if (await isReplaced(request, tools.store)) return replacedPage(request);
  if (!(await isRunning(tools.states, request.execution))) return endedPage(request);
  return undefined;
}

/** Hands a stored decision over again, for the workflow that looks after open requests. */
export async function redeliver(approvalId: string, tools: ServiceTools): Promise<{ delivered: boolean }> {
  const stored = await readApproval(approvalId, tools.store);
  if (!stored || verdictOf(stored.request) === 'open') return { delivered: false };
  return { delivered: (await deliver(stored.request, tools)).delivered };
}

/**
 * Ends the waiting of a scale-in that an emergency run has put out of business, so that nobody is asked in vain.
 * Its lock is lost, so the task fails with that error's name.
 */
export async function withdraw(incidentId: string, tools: ServiceTools): Promise<{ withdrawn: boolean }> {
  const request = await currentApproval(incidentId, tools.store);
  if (!request || request.delivered || verdictOf(request) !== 'open') return { withdrawn: false };
  const error = new LockLostError().name;
  const cause = 'a new emergency run has taken over this service; the approval request is withdrawn';
  const taskToken = await readTaskToken(request.id, tools.store);
  if (!taskToken) return { withdrawn: false };
  await tools.states
    .send(new SendTaskFailureCommand({ taskToken, error, cause }))
    .catch((failure: unknown) => {
      if (failure instanceof Error && closedTask.has(failure.name)) return;
      throw failure;
    });
  await markApproval(request.id, { delivered: true }, tools.store);
  tools.log.info('approval request withdrawn', { approval: request.id });
  return { withdrawn: true };
}

/** Answers of Step Functions for a task that is closed already: decided, timed out or stopped. */
const closedTask: ReadonlySet<string> = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/**
 * Hands a decision to Step Functions. One that was stored but not delivered is sent again whenever its page is opened
 * and by `approval-reminder`; a second delivery changes nothing (TaskTimedOut: the task is closed already).
 */
async function deliver(request: ApprovalRequest, tools: ServiceTools): Promise<ApprovalRequest> {
  if (request.delivered) return request;
  try {
    await send(request, tools);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'Unknown';
    if (!closedTask.has(name)) {
      tools.log.error('the decision could not be delivered yet', { approval: request.id, error: name });
      return request;
    }
    tools.log.warn('the workflow was not waiting for this decision any more', {
      approval: request.id,
      error: name,
    });
  }
  await markApproval(request.id, { delivered: true }, tools.store);
  return { ...request, delivered: true };
}

/** Who, when, why and from which plan: this stands in the execution history. */
async function send(request: ApprovalRequest, { states, store }: ServiceTools): Promise<void> {
  const { decisions, plan } = request;
  const taskToken = await readTaskToken(request.id, store);
  if (!taskToken) throw new Error('the task token of this request is not stored');
  const verdict = verdictOf(request);
  const counted =
    verdict === 'rejected' ? decisions.filter(({ decision }) => decision === 'rejected') : decisions;
  const audit = {
    decision: verdict,
    by: counted.map(({ by }) => by).join(' and '),
    at: decisions.at(-1)?.at,
    reason: counted.map(({ by, reason }) => (counted.length > 1 ? `${by}: ${reason}` : reason)).join('; '),
    planHash: plan.hash,
  };
  if (verdict === 'approved') {
    await states.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(audit) }));
    return;
  }
  const error = new ApprovalRejectedError().name;
  await states.send(new SendTaskFailureCommand({ taskToken, error, cause: JSON.stringify(audit) }));
}

// The caller learns nothing from a refusal; the log says why, without the handle.
function refuse(why: string, { log }: ServiceTools): Page {
  log.warn('approval refused', { why });
  return refusedPage();
}
