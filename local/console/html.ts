import { type Html, html } from '../../shared/format/html.ts';

/** Headers of the sandbox's own pages: scripts and styles only from here, never framed, never cached. */
export const consoleHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A whole page. `head` comes on top of the head's own: a script, for example. */
export function htmlPage(title: string, content: Html, head: Html | '' = ''): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="/console/page.css">${head}</head>
<body>
${content}
</body></html>
`;
  return String(page);
}
