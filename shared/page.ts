import { type ApprovalRequest, antiForgery, verdictOf } from './approvals.ts';
import type { Config } from './config.ts';
import { changeRows, duration, escapeHtml, metricRows, moment } from './format.ts';

/** An HTML page with its status; every page carries the same headers. */
export interface Page {
  status: number;
  body: string;
}

const style = `:root{color-scheme:light dark;--line:#8886;--accent:#0b62c4;--bad:#b3261e;--good:#1b6e3c}
@media (prefers-color-scheme:dark){:root{--accent:#8ab8ff;--bad:#ffb4ab;--good:#8fd6a8}}
body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .5rem .3rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
textarea{box-sizing:border-box;width:100%;min-height:5rem;font:inherit;padding:.5rem}
button{font:inherit;padding:.6rem 1.2rem;margin:.75rem .75rem 0 0;border:2px solid currentColor;border-radius:.4rem;background:none;cursor:pointer}
button.approve{color:var(--good)}button.reject{color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.note{border-left:4px solid var(--accent);padding:.25rem .75rem}.bad{border-color:var(--bad)}`;

/** Headers of every answer: nothing is cached, framed, sniffed or leaked to another site. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
};

function page(status: number, title: string, content: string): Page {
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${content}
</main></body></html>
`;
  return { status, body };
}

/** One refusal for every link that is unknown, altered or malformed, and for every request that may not decide. */
export function refusedPage(): Page {
  return page(
    404,
    'This link is not valid',
    '<p>It may be incomplete or out of date. Open the link from your mail again, or ask the on-call engineer for a new request.</p>',
  );
}

/** What an approver sees before deciding, in the order of the safety rules: what, change, why safe, risk, undo, who, until when. */
export function requestPage(
  request: ApprovalRequest,
  approver: string,
  handle: string,
  config: Config,
  now: Date,
  problem?: string,
): Page {
  const { service, environment, plan } = request;
  const changes = changeRows(plan).map((row) => [row.label, row.from, row.to]);
  const metrics = metricRows(request.metrics, config.thresholds).map((row) => [
    row.label,
    row.value,
    row.warning,
    row.critical,
    row.level,
  ]);
  const left = (Date.parse(request.expiresAt) - now.getTime()) / 1000;
  const step = Math.round(config.limits.scaleInStep * 100);
  return page(
    problem ? 422 : 200,
    `Scale in ${service} in ${environment}?`,
    `${problem ? `<p class="note bad" role="alert">${escapeHtml(problem)}</p>` : ''}
<p>${escapeHtml(approver)}, you decide for <strong>${escapeHtml(service)}</strong> in <strong>${escapeHtml(environment)}</strong>.</p>
<h2>What changes</h2>
${table(['Setting', 'Now', 'Then'], changes)}
<h2>Why it is safe now</h2>
${table(['Metric', 'Now', 'Warning above', 'Critical above', 'Level'], metrics)}
<h2>Risk</h2>
<p>Fewer tasks serve the traffic. Tasks go in steps of at most ${step} %, ${duration(config.timing.calm.forSeconds)} apart, with a check after each; if a metric becomes critical, it stops and scales out again.</p>
<h2>How it is undone</h2>
<p>Start <code>emergency-scaling</code> for this environment; it scales out at once and needs no approval.</p>
${
  request.needed > 1
    ? `<h2>How many have to approve</h2>
<p>${request.needed} different people. ${request.decisions.length === 0 ? 'Nobody has answered yet.' : `So far: ${escapeHtml(request.decisions.map(({ by }) => by).join(', '))}.`} One rejection is enough to stay scaled out.</p>`
    : ''
}
<h2>Who asked, and until when</h2>
<p>Asked for by ${escapeHtml(request.requestedBy)}, ${moment(request.createdAt)}. Incident ${escapeHtml(request.incidentId)}.<br>
Expires ${moment(request.expiresAt)}, in ${duration(left)}. Without a decision it stays scaled out.</p>
<form method="post">
<input type="hidden" name="check" value="${escapeHtml(antiForgery(handle, request.id))}">
<h2><label for="reason">Why do you decide so? (goes into the audit trail)</label></h2>
<textarea id="reason" name="reason" required maxlength="1000" autocomplete="off"></textarea>
<button class="approve" name="decision" value="approved">Approve scale-in</button>
<button class="reject" name="decision" value="rejected">Reject, stay scaled out</button>
</form>`,
  );
}

/** What was decided, by whom, when and why; also what a second click gets. */
export function decidedPage(request: ApprovalRequest, mine: boolean): Page {
  const what = verdictOf(request) === 'approved' ? 'approved' : 'rejected';
  const next =
    what === 'approved'
      ? 'The workflow checks once more that nothing has changed, then scales in step by step. If something has changed, it asks again by mail.'
      : 'The service stays scaled out with its raised bounds. Start the scale-in workflow when it should be asked again.';
  return page(
    mine ? 200 : 409,
    mine ? `Scale-in ${what}` : `Already decided: ${what}`,
    `${decisionList(request)}<p>${next}</p>
${request.delivered ? '' : '<p class="note">The decision is stored and is being handed to the workflow.</p>'}`,
  );
}

/** This approver has answered, and another one still has to. */
export function thanksPage(request: ApprovalRequest, mine: boolean): Page {
  const left = request.needed - request.decisions.length;
  return page(
    mine ? 200 : 409,
    mine ? 'Your approval is recorded' : 'You have approved already',
    `${decisionList(request)}<p>${left} more ${left === 1 ? 'approval is' : 'approvals are'} needed, from somebody else. Until then nothing changes.</p>`,
  );
}

function decisionList({ decisions }: ApprovalRequest): string {
  return decisions
    .map(
      ({ by, decision, at, reason }) =>
        `<p class="note">${escapeHtml(by)} ${decision} this on ${moment(at)}:<br>${escapeHtml(reason)}</p>`,
    )
    .join('\n');
}

/** The run that asked has ended: a person stopped it, or an alarm made it stop. */
export function endedPage(request: ApprovalRequest): Page {
  return page(
    410,
    'The run that asked for this has ended',
    `<p>So there is nothing to decide any more. ${escapeHtml(request.service)} keeps the capacity that it has. If it should go back to normal, start the scale-in workflow; it will ask again.</p>`,
  );
}

/** The plan has changed since, so there is a newer request for the same incident. */
export function replacedPage(request: ApprovalRequest): Page {
  return page(
    410,
    'The plan has changed since',
    `<p>What this link asked about is out of date. A new request for ${escapeHtml(request.service)} is on its way to you by mail; please decide there.</p>`,
  );
}

export function expiredPage(request: ApprovalRequest): Page {
  return page(
    410,
    'This request has expired',
    `<p>Nobody decided before ${moment(request.expiresAt)}, so ${escapeHtml(request.service)} stays scaled out. Start the scale-in workflow to be asked again.</p>`,
  );
}

function table(head: string[], rows: string[][]): string {
  const cells = rows.map((row) =>
    row.map((cell, i) =>
      i === 0 ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`,
    ),
  );
  return `<table><thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead><tbody>${cells
    .map((row) => `<tr>${row.join('')}</tr>`)
    .join('')}</tbody></table>`;
}
