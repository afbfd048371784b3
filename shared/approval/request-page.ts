import type { Config } from '../config/schema.ts';
import { oneLine } from '../core/plain-text.ts';
import type { CacheReliefPlan } from '../document/cache-relief.ts';
import { reliefRows, reliefWords, stakesTexts } from '../format/cache/relief.ts';
import { changeRows, poolRows } from '../format/changes.ts';
import { type Html, html } from '../format/html.ts';
import { metricRows } from '../format/metrics.ts';
import { duration, moment } from '../format/text.ts';
import { aboutOf, isRelief } from './about.ts';
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
    aboutOf(request).question(`${service} in ${environment}`),
    html`${problem}
<p>${approver}, you decide for <strong>${service}</strong> in <strong>${environment}</strong>. Nothing changes before a person approves it here.</p>
${changes(request, config)}
${safety(request, config)}
${risk(request, config)}
<h2>How it is undone</h2>
${undoing(request)}
${people(request, now)}
${form(request, handle, rejected)}`,
  );
}

function changes({ plan, service, createdAt }: ApprovalRequest, config: Config): Html {
  const byHand = config.services[service]?.pgbouncer;
  const all = isRelief(plan)
    ? reliefRows(plan.relief)
    : [...changeRows(plan), ...(byHand ? poolRows(byHand, plan.pools) : [])];
  const rows = all.map(({ label, from, to }) => [{ text: label }, { text: from }, { text: to, look: 'to' }]);
  const manual = isRelief(plan) ? '' : ' What says “by hand” is for a person to give back.';
  return html`<h2>What changes</h2>
${table(`Every setting that changes, as of ${moment(createdAt)}; all others stay.${manual}`, ['Setting', 'Before', 'After'], rows)}`;
}

function safety({ metrics, plan, createdAt }: ApprovalRequest, config: Config): Html {
  const rows = metricRows(metrics, config.thresholds).map(({ label, value, warning, critical, level }) => [
    { text: label },
    { text: value, look: 'now' },
    { text: warning },
    { text: critical },
    { text: level, look: level },
  ]);
  const stakes = isRelief(plan) ? stakesTexts(plan) : [];
  const reasons = [...stakes, ...reasonsBesideMetrics(plan.reasons)].map(
    (reason) => html`<li>${reason}</li>`,
  );
  const again = isRelief(plan)
    ? 'the cache and the database are looked at again after the approval'
    : 'they are read again after the approval';
  return html`<h2>${isRelief(plan) ? 'What is at stake' : 'Why it is safe now'}</h2>
${reasons.length > 0 ? html`<ul>${reasons}</ul>` : ''}
${table(`Metrics as of ${moment(createdAt)}; ${again}.`, ['Metric', 'Value', 'Warning above', 'Critical above', 'Level'], rows)}`;
}

function risk({ plan }: ApprovalRequest, { limits, timing }: Config): Html {
  const step = Math.round(limits.scaleInStep * 100);
  return html`<h2>Risk</h2>
<p>${
    isRelief(plan)
      ? reliefWords[plan.relief.code].risk
      : `Fewer tasks serve the traffic. Tasks go in steps of at most ${step} % (at least one), ${duration(timing.calm.forSeconds)} apart, with a check after each; if a metric becomes critical, it stops and scales out again.`
  }</p>`;
}

function undoing({ plan, environment, service }: ApprovalRequest): Html {
  if (isRelief(plan)) return undoingRelief(plan, environment, service);
  return html`<p>Start <code>emergency-scaling</code> with <code>{"environment": "${environment}", "service": "${service}", "scaleOut": true}</code>: it scales out at once and needs no approval. So does the next alarm.</p>`;
}

const undoingRelief = ({ relief }: CacheReliefPlan, environment: string, service: string): Html =>
  relief.code === 'policy'
    ? html`<p>Start <code>redis-emergency</code> with <code>{"environment": "${environment}", "service": "${service}", "restore": true}</code>: it asks for an approval and gives the policy back. A restart of the server does so, too.</p>`
    : html`<p>${reliefWords[relief.code].undo}</p>`;

function people(request: ApprovalRequest, now: Date): Html {
  const { requestedBy, incidentId, decisions } = request;
  const left = (Date.parse(request.expiresAt) - now.getTime()) / 1000;
  const said = decisions.length
    ? `${decisions.map(({ by }) => by).join(', ')} approved already.`
    : 'Nobody has answered yet.';
  const several =
    request.needed > 1
      ? html`<p>${request.needed} different people have to approve. ${said} One rejection is enough ${aboutOf(request).toStay}.</p>`
      : '';
  return html`<h2>Who asked, and until when</h2>
<p>Asked for by ${oneLine(requestedBy)}${request.claimed ? asTyped : ''} on ${time(request.createdAt)}. Incident ${oneLine(incidentId)}.</p>
${several}
<p><strong>Expires ${time(request.expiresAt)}, in ${duration(left)}</strong> <span class="soft">(when this page was opened, ${moment(now)})</span>. Without a decision ${aboutOf(request).without}.</p>`;
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
<div class="buttons"><button class="approve" name="decision" value="approved">${aboutOf(request).approve}</button>
<button class="reject" name="decision" value="rejected">${aboutOf(request).reject}</button></div>
</form>`;
}
