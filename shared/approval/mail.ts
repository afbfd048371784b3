import type { Config } from '../config/schema.ts';
import { oneLine } from '../core/plain-text.ts';
import { reliefRows, stakesTexts } from '../format/cache/relief.ts';
import { changeRows, poolRows } from '../format/changes.ts';
import { type Html, html, joinLines } from '../format/html.ts';
import { metricRows } from '../format/metrics.ts';
import { duration, moment, textTable } from '../format/text.ts';
import { aboutOf, isRelief } from './about.ts';
import { reasonsBesideMetrics } from './beside-metrics.ts';
import type { ApprovalRequest } from './request.ts';

export interface Mail {
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

/** What one mail says, before it becomes text and HTML. */
interface Content {
  heading: string;
  introduction: string;
  change: string[][];
  safety: string[][];
  /** What stands above the metrics and the reasons. */
  stakes: string;
  reasons: string[];
  link: string;
  closing: string[];
}

/** The mail to one approver: what would change, why it is safe, and the link, readable in a terminal too. */
export function approvalMail(
  request: ApprovalRequest,
  approver: string,
  link: string,
  occasion: 'request' | 'reminder',
  config: Config,
): Mail {
  const reminder = occasion === 'reminder' ? 'Reminder: ' : '';
  const heading = oneLine(aboutOf(request).question(`${request.service} in ${request.environment}`));
  const content = { ...contentOf(request, approver, config), heading, link };
  return { subject: reminder + heading, text: textOf(content), html: String(htmlOf(content)) };
}

function contentOf(request: ApprovalRequest, approver: string, config: Config) {
  const { service, environment, plan, needed } = request;
  const about = aboutOf(request);
  const byHand = config.services[service]?.pgbouncer;
  const rows = isRelief(plan)
    ? reliefRows(plan.relief)
    : [...changeRows(plan), ...(byHand ? poolRows(byHand, plan.pools) : [])];
  const lasts = duration((Date.parse(request.expiresAt) - Date.parse(request.createdAt)) / 1000);
  return {
    introduction: oneLine(
      `${approver}, ${about.offer(`${service} in ${environment}`)} ${about.nothing} before ${needed > 1 ? `${needed} different people approve` : 'a person approves'} it.`,
    ),
    change: [['Setting', 'before', 'after'], ...rows.map(({ label, from, to }) => [label, from, to])],
    safety: [
      ['Metric', 'now', 'warning above', 'level'],
      ...metricRows(request.metrics, config.thresholds).map((row) => [
        row.label,
        row.value,
        row.warning,
        row.level,
      ]),
    ],
    stakes: isRelief(plan) ? 'What is at stake' : 'Why it is safe now',
    reasons: [...(isRelief(plan) ? stakesTexts(plan) : []), ...reasonsBesideMetrics(plan.reasons)],
    closing: [
      `Settings and metrics are as of ${moment(request.createdAt)}. ${about.readAgain}`,
      `The link is for you alone and expires ${moment(request.expiresAt)}, ${lasts} after it was asked for. Without a decision ${about.without}.`,
      `Asked for by ${oneLine(request.requestedBy)}${request.claimed ? ' (as typed at the start)' : ''} on ${moment(request.createdAt)}. Incident ${oneLine(request.incidentId)}.`,
    ],
  };
}

/** For a terminal mail client: 72 columns, and the link on a line of its own, which is never broken. */
function textOf({ introduction, change, stakes, reasons, safety, link, closing }: Content): string {
  return [
    wrapped(introduction),
    `WHAT CHANGES\n\n${textTable(change)}`,
    `${stakes.toUpperCase()}\n\n${reasons.map((reason) => `${wrapped(`- ${reason}`)}\n`).join('')}\n${textTable(safety)}`,
    `LOOK AT IT AND DECIDE\n\n${link}`,
    closing.map(wrapped).join('\n'),
  ].join('\n\n');
}

const columns = 72;

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

/** Mail clients honour little CSS beyond style attributes; colours are left to their light or dark scheme. */
function htmlOf({ heading, introduction, change, stakes, reasons, safety, link, closing }: Content): Html {
  const paragraph = (text: string) => html`<p style="margin:12px 0">${text}</p>`;
  const title = (text: string) => html`<h2 style="font-size:16px;margin:24px 0 4px">${text}</h2>`;
  const items = reasons.map((reason) => html`<li>${reason}</li>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${heading}</title></head>
<body style="background:Canvas;color:CanvasText;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;max-width:40rem;margin:0 auto;padding:16px">
<main><h1 style="font-size:20px;margin:0">${heading}</h1>
${paragraph(introduction)}
<p style="margin:16px 0"><a href="${link}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b57d0;color:#ffffff;font-weight:bold;text-decoration:none">Look at it and decide</a></p>
${title('What changes')}
${htmlTable(change)}
${title(stakes)}
${items.length > 0 ? html`<ul style="padding-left:20px">${items}</ul>` : ''}
${htmlTable(safety)}
${joinLines(closing.map(paragraph))}
</main></body></html>
`;
}

function htmlTable([head = [], ...rows]: readonly (readonly string[])[]): Html {
  const style = 'text-align:left;vertical-align:top;padding:4px 12px 4px 0';
  const look = html`style="${style}"`;
  const header = head.map((text) => html`<th scope="col" ${look}>${text}</th>`);
  const body = rows.map(
    ([label = '', ...values]) =>
      html`<tr><th scope="row" style="${style};font-weight:normal">${label}</th>${values.map((value) => html`<td ${look}>${value}</td>`)}</tr>`,
  );
  return html`<table style="border-collapse:collapse"><thead><tr>${header}</tr></thead><tbody>
${joinLines(body)}
</tbody></table>`;
}
