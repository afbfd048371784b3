import { createHash } from 'node:crypto';
import { type Html, html, joinLines } from '../format/html.ts';

/** An HTML page with its status; every page carries the same headers. */
export interface Page {
  status: number;
  body: string;
}

/** Colours of both schemes keep WCAG's AA contrast of 4.5 on their ground. */
const style = html`:root{color-scheme:light dark;--ground:#fff;--ink:#1b2027;--soft:#535d69;--line:#d3d9e0;--accent:#0b57d0;--good:#14683a;--bad:#a8201a;--warn:#8a5200;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e6e9ec;--soft:#a8b2bd;--line:#3b444e;--accent:#8ab8ff;--good:#8fd6a8;--bad:#ffb4ab;--warn:#f2c879;--on:#14181d}}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink);margin:0 auto;max-width:44rem;padding:1rem}
h1{font-size:1.45rem;line-height:1.25;margin:.5rem 0 .75rem;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:1.75rem 0 .4rem}
p,ul{margin:.4rem 0;overflow-wrap:anywhere}ul{padding-left:1.2rem}code{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--soft);font-size:.9rem;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-size:.85rem;font-weight:600}tbody th{font-weight:400}
td{font-variant-numeric:tabular-nums;white-space:nowrap}td.now{font-weight:600}.to{color:var(--accent);font-weight:600}
.ok{color:var(--good)}.warning{color:var(--warn);font-weight:600}.critical,.unknown{color:var(--bad);font-weight:600}
.note{border-left:4px solid var(--accent);margin:.75rem 0;padding:.25rem .75rem;overflow-wrap:anywhere}.note.bad{border-color:var(--bad)}
.soft{color:var(--soft)}.typed{white-space:pre-wrap}
label{display:block;margin-bottom:.3rem}
textarea{width:100%;min-height:6rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);border-radius:.4rem;padding:.5rem}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:.75rem}
button{flex:1 1 14rem;font:inherit;font-weight:600;min-height:3rem;padding:.5rem 1rem;border:2px solid;border-radius:.4rem;cursor:pointer}
button.approve{background:var(--good);border-color:var(--good);color:var(--on)}button.reject{background:transparent;border-color:var(--bad);color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (max-width:30rem){table{font-size:.8rem}th,td{padding-right:.3rem;overflow-wrap:break-word}:is(th,td):last-child{padding-right:0}td:not(.to){white-space:normal}thead th{font-size:.72rem}}`;

const styleHash = createHash('sha256').update(String(style)).digest('base64');

/** Headers of every answer: nothing is cached, framed, sniffed, run or leaked to another site. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
};

/** A whole page. */
export function page(status: number, title: string, content: Html): Page {
  const body = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1>
${content}
</main></body></html>
`;
  return { status, body: String(body) };
}

/** A table's cell: its text, and the class that it is shown with. */
export interface Cell {
  text: string;
  look?: string;
}

/** A table whose first column heads its rows. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const header = head.map((text) => html`<th scope="col">${text}</th>`);
  const body = rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first?.text ?? ''}</th>${rest.map(cell)}</tr>`,
  );
  return html`<table><caption>${caption}</caption><thead><tr>${header}</tr></thead><tbody>
${joinLines(body)}
</tbody></table>`;
}

const cell = ({ text, look }: Cell): Html => html`<td${look ? html` class="${look}"` : ''}>${text}</td>`;
