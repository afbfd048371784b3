import type { ApprovalRequest } from './approvals.ts';
import type { Config } from './config.ts';
import { changeRows, escapeHtml, metricRows, moment, textTable } from './format.ts';

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** The mail to one approver: what would change, why it is safe, and the link, readable in a terminal too. */
export function approvalMail(
  request: ApprovalRequest,
  approver: string,
  link: string,
  occasion: 'request' | 'reminder',
  config: Config,
): Mail {
  const changes = changeRows(request.plan);
  const metrics = metricRows(request.metrics, config.thresholds);
  const change = [['Setting', 'now', 'then'], ...changes.map((row) => [row.label, row.from, row.to])];
  const safety = [
    ['Metric', 'now', 'warning above', 'level'],
    ...metrics.map((row) => [row.label, row.value, row.warning, row.level]),
  ];
  const reminder = occasion === 'reminder' ? 'Reminder: ' : '';
  const subject = `${reminder}Approve scale-in of ${request.service} (${request.environment})?`;
  const introduction = `${approver}, ${request.service} in ${request.environment} can go back to its normal settings. Nothing is scaled in before a person approves it.`;
  const needed = request.needed > 1 ? ` ${request.needed} different people have to approve.` : '';
  const closing = `Without a decision it stays scaled out. The link is for you alone and expires ${moment(request.expiresAt)}.${needed}`;
  return {
    subject,
    text: [
      introduction,
      '',
      textTable(change),
      '',
      textTable(safety),
      '',
      `Look at it and decide: ${link}`,
      '',
      closing,
      `Asked for by ${request.requestedBy}; incident ${request.incidentId}.`,
    ].join('\n'),
    html: `<!doctype html><html lang="en"><body style="font-family:system-ui,sans-serif;max-width:40rem">
<p>${escapeHtml(introduction)}</p>
${htmlTable(change)}
${htmlTable(safety)}
<p><a href="${escapeHtml(link)}">Look at it and decide</a></p>
<p>${escapeHtml(closing)}<br>Asked for by ${escapeHtml(request.requestedBy)}; incident ${escapeHtml(request.incidentId)}.</p>
</body></html>`,
  };
}

function htmlTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row
      .map((cell) => `<${tag} style="text-align:left;padding:2px 12px 2px 0">${escapeHtml(cell)}</${tag}>`)
      .join('');
  return `<table><tr>${cells(head, 'th')}</tr>${body.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`;
}
