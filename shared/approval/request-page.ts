import type { Config } from '../config/schema.ts';
import { oneLine } from '../core/plain-text.ts';
import { changeRows, poolRows } from '../format/changes.ts';
import { type Html, html } from '../format/html.ts';
import { metricRows } from '../format/metrics.ts';
import { duration, moment } from '../format/text.ts';
import { reasonsBesideMetrics } from './beside-metrics.ts';
import { type Page, page, table } from './page.ts';
import type { ApprovalRequest } from './request.ts';
import { antiForgery } from './secrets.ts';

/** An answer that could not be taken, and why; what was typed stays in the form. */
interface Rejected {
  problem: string;
  reason: string;
}

/**
 * What an approver sees before deciding, in the order of the safety rules: environment and service, what changes, why it
 * is safe, risk, how it is undone, who asked, until when.
 */
export function requestPage(
  { request, approver }: { request: ApprovalRequest; approver: string },
  { handle, config, now }: { handle: string; config: Config; now: Date },
  rejected?: Rejected,
): Page {
  const { service, environment } = request;
  const problem = rejected ? html`<p class="note bad" role="alert" id="problem">${rejected.problem}</p>` : '';
  return page(
    rejected ? 422 : 200,
    `Scale in ${service} in ${environment}?`,
    html`${problem}
<p>${approver}, you decide for <strong>${service}</strong> in <strong>${environment}</strong>. Nothing changes before a person approves it here.</p>
${changes(request, config)}
${safety(request, config)}
${risk(config)}
<h2>How it is undone</h2>
<p>Start <code>emergency-scaling</code> with <code>{"environment": "${environment}", "service": "${service}", "scaleOut": true}</code>: it scales out at once and needs no approval. So does the next alarm.</p>
${people(request, now)}
${form(request, handle, rejected)}`,
  );
}

function changes({ plan, service, createdAt }: ApprovalRequest, config: Config): Html {
  const byHand = config.services[service]?.pgbouncer;
  const all = [...changeRows(plan), ...(byHand ? poolRows(byHand, plan.pools) : [])];
  const rows = all.map(({ label, from, to }) => [{ text: label }, { text: from }, { text: to, look: 'to' }]);
  return html`<h2>What changes</h2>
${table(`Every setting that changes, as of ${moment(createdAt)}; all others stay. What says “by hand” is for a person to give back.`, ['Setting', 'Before', 'After'], rows)}`;
}

function safety({ metrics, plan, createdAt }: ApprovalRequest, config: Config): Html {
  const rows = metricRows(metrics, config.thresholds).map(({ label, value, warning, critical, level }) => [
    { text: label },
    { text: value, look: 'now' },
    { text: warning },
    { text: critical },
    { text: level, look: level },
  ]);
  const reasons = reasonsBesideMetrics(plan.reasons).map((reason) => html`<li>${reason}</li>`);
  return html`<h2>Why it is safe now</h2>
${reasons.length > 0 ? html`<ul>${reasons}</ul>` : ''}
${table(`Metrics as of ${moment(createdAt)}; they are read again after the approval.`, ['Metric', 'Value', 'Warning above', 'Critical above', 'Level'], rows)}`;
}

function risk({ limits, timing }: Config): Html {
  const step = Math.round(limits.scaleInStep * 100);
  return html`<h2>Risk</h2>
<p>Fewer tasks serve the traffic. Tasks go in steps of at most ${step} % (at least one), ${duration(timing.calm.forSeconds)} apart, with a check after each; if a metric becomes critical, it stops and scales out again.</p>`;
}

function people({ requestedBy, incidentId, decisions, ...request }: ApprovalRequest, now: Date): Html {
  const left = (Date.parse(request.expiresAt) - now.getTime()) / 1000;
  const said = decisions.length
    ? `${decisions.map(({ by }) => by).join(', ')} approved already.`
    : 'Nobody has answered yet.';
  const several =
    request.needed > 1
      ? html`<p>${request.needed} different people have to approve. ${said} One rejection is enough to stay scaled out.</p>`
      : '';
  return html`<h2>Who asked, and until when</h2>
<p>Asked for by ${oneLine(requestedBy)}${request.claimed ? asTyped : ''} on ${time(request.createdAt)}. Incident ${oneLine(incidentId)}.</p>
${several}
<p><strong>Expires ${time(request.expiresAt)}, in ${duration(left)}</strong> <span class="soft">(when this page was opened, ${moment(now)})</span>. Without a decision it stays scaled out.</p>`;
}

const asTyped = ' (as typed at the start: nobody has proved who it was, so one person more has to approve)';

const time = (at: string) => html`<time datetime="${at}">${moment(at)}</time>`;

function form(request: ApprovalRequest, handle: string, rejected: Rejected | undefined): Html {
  const faulty = rejected ? html` aria-invalid="true" aria-describedby="problem"` : '';
  // A line end right after the tag is dropped by HTML, so that a reason may begin with one.
  const typed = `\n${rejected?.reason ?? ''}`;
  return html`<h2>Your decision</h2>
<form method="post">
<input type="hidden" name="check" value="${antiForgery(handle, request.id)}">
<label for="reason">Why do you decide so? Required for both answers; it goes into the audit trail.</label>
<textarea id="reason" name="reason" required maxlength="1000" autocomplete="off"${faulty}>${typed}</textarea>
<div class="buttons"><button class="approve" name="decision" value="approved">Approve scale-in</button>
<button class="reject" name="decision" value="rejected">Reject, stay scaled out</button></div>
</form>`;
}
