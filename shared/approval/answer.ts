import { isRunning } from '../aws/step-functions.ts';
import { toolsFor } from '../config/packaged.ts';
import { withoutControls } from '../core/plain-text.ts';
import type { StepContext } from '../lambda/context.ts';
import { deliver, deliverAgain } from './deliver.ts';
import type { ApprovalAction } from './http-request.ts';
import { findApproval } from './links.ts';
import type { Page } from './page.ts';
import {
  decidedPage,
  endedPage,
  expiredPage,
  refusedPage,
  replacedPage,
  slowDownPage,
  thanksPage,
  withdrawnPage,
} from './pages.ts';
import { isWithinLimit } from './rate-limit.ts';
import { type FoundApproval, verdictOf } from './request.ts';
import { requestPage } from './request-page.ts';
import { antiForgery, sameSecret } from './secrets.ts';
import { isReplaced, recordDecision } from './store.ts';

type ServiceTools = StepContext<'states' | 'store'>;

/** One request to the page of a link. */
export interface ApprovalCall {
  handle: string;
  wish: ApprovalAction;
  /** Where it comes from, and its id; for the rate limit and the log. */
  address: string;
  requestId: string;
}

/** Characters of a reason. */
const longestReason = 1000;

/**
 * Answers one request. Whatever is refused takes the same steps up to the refusal and gets the same page, so nothing
 * can be learnt from it; the log says why, without the handle.
 */
export async function answerApproval(call: ApprovalCall, tools: ServiceTools): Promise<Page> {
  const { handle, wish, address, requestId } = call;
  const found = await findApproval(handle, tools.store);
  const context = toolsFor(tools, found?.request.service);
  // Many approvers may sit behind one address: a link that is known is never refused for its neighbours' guesses.
  const [what, value] = found ? (['handle', handle] as const) : (['address', address] as const);
  const allowed = await isWithinLimit(what, value, requestId, context.now(), context.store);
  const refuse = (why: string): Page => {
    context.log.warn('approval refused', { why, address });
    return refusedPage();
  };
  if (!allowed) {
    context.log.warn('approval refused', { why: 'too many requests', address });
    return slowDownPage();
  }
  if (!found) return refuse('unknown handle');
  const approvers = context.config.approval.approvers.map(({ name }) => name);
  if (!approvers.includes(found.approver)) return refuse('no approver any more');
  if (wish.kind === 'nothing') return refuse(wish.why);
  if (wish.kind === 'show') return showApproval(found, handle, context);
  const answer = answerIn(wish.form, antiForgery(handle, found.request.id));
  return 'fault' in answer ? refuse(answer.fault) : decideApproval(found, answer, call, context);
}

/** GET and HEAD: shows what a link is about and decides nothing, whoever or whatever opens it. */
async function showApproval(found: FoundApproval, handle: string, context: ServiceTools): Promise<Page> {
  const closed = await closedPage(found, true, context);
  return closed ?? requestPage(found, { handle, config: context.config, now: context.now() });
}

/** POST: decides, with the page's anti-forgery value and a reason that a person typed. */
async function decideApproval(
  found: FoundApproval,
  { decision, reason }: FormAnswer,
  { handle, requestId }: ApprovalCall,
  context: ServiceTools,
): Promise<Page> {
  const closed = await closedPage(found, false, context);
  if (closed) return closed;
  const problem = problemOf(reason);
  if (problem) {
    const rejected = { problem, reason };
    return requestPage(found, { handle, config: context.config, now: context.now() }, rejected);
  }
  const { request, won } = await recordDecision(
    found,
    { decision, reason, requestId },
    context.config.approval.approvers.map(({ name }) => name),
    context.now(),
    context.store,
  );
  const verdict = verdictOf(request);
  const { approver: by } = found;
  context.log.info('approval answered', { approval: request.id, by, decision, won, verdict });
  if (request.withdrawn) return withdrawnPage(request);
  if (verdict === 'open') return thanksPage(request, won);
  return decidedPage(won ? await deliver(request, context) : request, won);
}

interface FormAnswer {
  decision: 'approved' | 'rejected';
  reason: string;
}

/** The answer that a form gives, or what is wrong with it: each field once, the check value of this very page. Pure. */
function answerIn(form: URLSearchParams, check: string): FormAnswer | { fault: string } {
  for (const name of ['check', 'decision', 'reason'])
    if (form.getAll(name).length > 1) return { fault: `${name} given more than once` };
  if (!sameSecret(form.get('check') ?? '', check)) return { fault: 'anti-forgery value' };
  const decision = form.get('decision');
  if (decision !== 'approved' && decision !== 'rejected') return { fault: 'no decision' };
  // A form sends line ends as CR LF, while the page's limit counts them as one character.
  const reason = withoutControls((form.get('reason') ?? '').replaceAll('\r\n', '\n')).trim();
  return { decision, reason };
}

function problemOf(reason: string): string | undefined {
  if (reason === '') return 'Please type a reason: it is the audit trail’s why.';
  return reason.length > longestReason
    ? `Please keep the reason under ${longestReason} characters.`
    : undefined;
}

/** The page of a request on which this approver can decide nothing any more; undefined while it is open. */
async function closedPage(
  { request, approver }: FoundApproval,
  showing: boolean,
  context: ServiceTools,
): Promise<Page | undefined> {
  const verdict = verdictOf(request);
  if (verdict === 'approved' && (await isReplaced(request, context.store))) return replacedPage(request);
  if (verdict !== 'open') return decidedPage(await deliverAgain(request, context), showing);
  if (request.withdrawn)
    return (await isReplaced(request, context.store)) ? replacedPage(request) : withdrawnPage(request);
  if (request.decisions.some(({ by }) => by === approver)) return thanksPage(request, showing);
  if (context.now().getTime() >= Date.parse(request.expiresAt)) return expiredPage(request);
  if (await isReplaced(request, context.store)) return replacedPage(request);
  if (!(await isRunning(context.states, request.execution))) return endedPage(request);
  return undefined;
}
