import { escapeHtml } from '../../shared/format/html.ts';

/** Headers of the sandbox's own pages: scripts and styles only from here, never framed, never cached. */
export const consoleHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A whole page. `content` is markup; the title is text. */
export function htmlPage(title: string, content: string, script = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="stylesheet" href="/console/page.css">${script}</head>
<body>
${content}
</body></html>
`;
}
