import { oneLine } from '../core/plain-text.ts';
import { type Html, html, joinLines } from '../format/html.ts';
import { moment } from '../format/text.ts';
import { aboutOf } from './about.ts';
import { type Page, page } from './page.ts';
import { type ApprovalRequest, verdictOf } from './request.ts';

/** The pages on which nothing can be decided (any more). */

/** One refusal for every link that is unknown, altered or malformed, and for every request that may not decide. */
export function refusedPage(): Page {
  return page(
    404,
    'This link is not valid',
    html`<p>It may be incomplete or out of date. Open the link from your mail again, or ask the on-call engineer for a new request. Nothing was decided.</p>`,
  );
}

/** Too many requests in a minute: for one link, or for links that do not exist from one address. */
export function slowDownPage(): Page {
  return page(
    429,
    'Too many requests: slow down',
    html`<p>This was asked for too often within a minute. Wait a minute, then open the link from your mail again. This request decided nothing.</p>`,
  );
}

/** AWS does not answer, so nothing is known; a decision counts once its own page says so. */
export function troublePage(): Page {
  return page(
    503,
    'This cannot be answered right now',
    html`<p>Open the link from your mail again in a minute. It shows whether your decision was stored; if it was not, nothing was decided and nothing is changed.</p>`,
  );
}

/** What was decided, by whom, when and why; also what a second click gets. */
export function decidedPage(request: ApprovalRequest, mine: boolean): Page {
  const what = verdictOf(request) === 'approved' ? 'approved' : 'rejected';
  const title = mine ? `${aboutOf(request).what} ${what}` : `Already decided: ${what}`;
  const next = request.late ? tooLate(request) : html`<p>${aboutOf(request)[what]}</p>${progress(request)}`;
  return page(
    mine ? 200 : 409,
    request.late ? `${title}, but too late` : title,
    html`${heading(request)}${next}`,
  );
}

const progress = ({ delivered }: ApprovalRequest): Html =>
  delivered
    ? html`<p class="soft">The workflow has the decision.</p>`
    : html`<p class="note">The decision is stored and is being handed to the workflow. Nothing more is needed from you.</p>`;

/** A late callback: the run had ended, or its waiting had. */
const tooLate = (request: ApprovalRequest): Html =>
  html`<p class="note bad">The run did not wait for this decision any more when it was handed over: the request had expired, or the run was stopped. ${aboutOf(request).kept(request.service)} ${aboutOf(request).again}</p>`;

/** This approver has answered, and another one still has to. */
export function thanksPage(request: ApprovalRequest, mine: boolean): Page {
  const left = request.needed - request.decisions.length;
  return page(
    mine ? 200 : 409,
    mine ? 'Your approval is recorded' : 'You have approved already',
    html`${heading(request)}<p>${left} more ${left === 1 ? 'approval is' : 'approvals are'} needed, from somebody else, before ${moment(request.expiresAt)}. Until then nothing changes.</p>`,
  );
}

function heading(request: ApprovalRequest): Html {
  const { environment, service, decisions } = request;
  const answers = decisions.map(
    ({ by, decision, at, reason }) =>
      html`<div class="note"><p><strong>${oneLine(by)}</strong> ${decision} this on <time datetime="${at}">${moment(at)}</time>:</p>
<p class="typed">${reason}</p></div>`,
  );
  return html`<p>${aboutOf(request).what} of <strong>${service}</strong> in <strong>${environment}</strong>.</p>
${joinLines(answers)}
`;
}

/** The run that asked has ended: a person stopped it, or an alarm made it stop. */
export function endedPage(request: ApprovalRequest): Page {
  return page(
    410,
    'The run that asked for this has ended',
    html`${heading(request)}<p>So there is nothing to decide any more: a person stopped it, or a new alarm took over. ${aboutOf(request).kept(request.service)} ${aboutOf(request).later}</p>`,
  );
}

/** Nobody is asked any more: a new alarm took over, or there is nothing left to give back. */
export function withdrawnPage(request: ApprovalRequest): Page {
  if (request.withdrawn === 'superseded') return endedPage(request);
  return page(
    410,
    'Withdrawn: everything is restored',
    html`${heading(request)}<p>Every setting of ${request.service} was restored by hand while this request was open, so there is nothing left to approve. The workflow checks that once more and closes the incident; it changes nothing.</p>`,
  );
}

/** The plan has changed since, so there is a newer request for the same incident. */
export function replacedPage(request: ApprovalRequest): Page {
  return page(
    410,
    'The plan has changed since',
    html`${heading(request)}<p>What this link asked about is out of date. A new request for ${request.service} is on its way to you by mail; please decide there.</p>`,
  );
}

/** Nobody decided in time. */
export function expiredPage(request: ApprovalRequest): Page {
  return page(
    410,
    'This request has expired',
    html`${heading(request)}<p>It was not decided before ${moment(request.expiresAt)}, so ${aboutOf(request).stays(request.service)}. ${aboutOf(request).again}</p>`,
  );
}
