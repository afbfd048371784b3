import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { isRunning } from '../aws/step-functions.ts';
import { ApprovalRejectedError, LockLostError, RestoredByHandError } from '../core/errors.ts';
import type { StepContext } from '../lambda/context.ts';
import { type ApprovalRequest, verdictOf } from './request.ts';
import { currentApproval, markApproval, readApproval, readTaskToken, withdrawApproval } from './store.ts';

type DeliveryTools = StepContext<'states' | 'store'>;

/** Answers of Step Functions for a task that is closed already: decided, timed out or stopped. */
const closedTask: ReadonlySet<string> = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** So long the delivery is left to whoever decided: longer than that function can run. */
const firstDeliveryMilliseconds = 60_000;

/** Hands a stored decision over again, for the workflow that handles open requests. */
export async function redeliver(approvalId: string, context: DeliveryTools): Promise<{ delivered: boolean }> {
  const stored = await readApproval(approvalId, context.store);
  if (!stored || verdictOf(stored.request) === 'open') return { delivered: false };
  return { delivered: (await deliverAgain(stored.request, context)).delivered };
}

/** Delivers what whoever decided could not; while they may still be at it, nothing happens. */
export async function deliverAgain(
  request: ApprovalRequest,
  context: DeliveryTools,
): Promise<ApprovalRequest> {
  const decidedAt = Date.parse(request.decisions.at(-1)?.at ?? request.createdAt);
  if (context.now().getTime() < decidedAt + firstDeliveryMilliseconds) return request;
  return deliver(request, context);
}

/**
 * Hands a decision to Step Functions. One that was stored but not delivered, or not marked as delivered, is sent again
 * whenever its page is opened and by `approval-reminder`; a second delivery changes nothing (TaskTimedOut: the task is
 * closed already).
 */
export async function deliver(request: ApprovalRequest, context: DeliveryTools): Promise<ApprovalRequest> {
  if (request.delivered) return request;
  try {
    const late = await send(request, context);
    await markApproval(request.id, { delivered: true, late }, context.store);
    return { ...request, delivered: true, late };
  } catch (error) {
    const name = nameOf(error);
    context.log.error('the decision could not be delivered yet', { approval: request.id, error: name });
    return request;
  }
}

/** Resolves to whether the decision came too late. */
async function send(request: ApprovalRequest, { states, store, log }: DeliveryTools): Promise<boolean> {
  const taskToken = await readTaskToken(request.id, store);
  if (!taskToken) throw new Error('the task token of this request is not stored');
  const audit = JSON.stringify(auditOf(request));
  const error = new ApprovalRejectedError().name;
  const approved = verdictOf(request) === 'approved';
  try {
    if (approved) await states.send(new SendTaskSuccessCommand({ taskToken, output: audit }));
    else await states.send(new SendTaskFailureCommand({ taskToken, error, cause: audit }));
    return false;
  } catch (failure) {
    const name = nameOf(failure);
    if (!closedTask.has(name)) throw failure;
    log.warn('the workflow does not wait for this decision', { approval: request.id, error: name });
    // An earlier call may have taken effect though its answer was lost: then the run goes on. A rejection changes
    // nothing either way.
    return approved && !(await isRunning(states, request.execution));
  }
}

/** Who, when, why and from which plan: this stands in the execution history. */
function auditOf({ decisions, needed, plan }: ApprovalRequest) {
  const verdict = verdictOf({ decisions, needed });
  const counted =
    verdict === 'rejected' ? decisions.filter(({ decision }) => decision === 'rejected') : decisions;
  return {
    decision: verdict,
    by: counted.map(({ by }) => by).join(' and '),
    at: decisions.at(-1)?.at,
    reason: counted.map(({ by, reason }) => (counted.length > 1 ? `${by}: ${reason}` : reason)).join('; '),
    planHash: plan.hash,
    approvers: [...new Set(counted.map(({ by }) => by))],
  };
}

/** What the waiting task fails with, by the reason why nobody is asked any more. */
const withdrawals = {
  superseded: {
    error: new LockLostError().name,
    cause: 'a new emergency run has taken over this service; the approval request is withdrawn',
  },
  restored: {
    error: new RestoredByHandError().name,
    cause: 'every setting was given back by hand; the approval request is withdrawn',
  },
};

/**
 * Ends the waiting of a run that an emergency run has superseded, or that has nothing left to give back, so that
 * nobody is asked in vain. Repeated until Step Functions has it.
 */
export async function withdraw(
  incidentId: string,
  why: keyof typeof withdrawals,
  context: DeliveryTools,
): Promise<{ withdrawn: boolean }> {
  const { states, store, log } = context;
  const current = await currentApproval(incidentId, store);
  const taskToken = current && (await readTaskToken(current.id, store));
  const request = taskToken && (await withdrawApproval(current.id, why, store));
  if (!request) return { withdrawn: false };
  const { error, cause } = withdrawals[why];
  await states.send(new SendTaskFailureCommand({ taskToken, error, cause })).catch((failure: unknown) => {
    if (closedTask.has(nameOf(failure))) return;
    // Only the name: a message may quote the token.
    throw new Error(`the approval request could not be withdrawn: ${nameOf(failure)}`);
  });
  await markApproval(request.id, { delivered: true }, store);
  log.info('approval request withdrawn', { approval: request.id, why });
  return { withdrawn: true };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Unknown');
