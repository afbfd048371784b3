import { escapeHtml, moment } from '../../shared/format.ts';
import { approvalLink } from '../approver.ts';
import type { Mail } from '../aws/mailbox.ts';
import { htmlPage } from './html.ts';

/** Every mail and notice that was accepted for delivery, newest first; approval links can be clicked. */
export function mailboxPage(mails: readonly Mail[]): string {
  const articles = mails.map(mailArticle).reverse().join('\n');
  return htmlPage(
    'Mailbox',
    `<header><h1>Mailbox</h1><nav><a href="/">Console</a> <a href="/mailbox">Reload</a></nav></header>
<main class="mails">
<p class="quiet">What SNS and SES accepted, newest first. Nothing leaves this machine.</p>
${articles || '<p>No mail yet: the first notice goes out when an emergency run starts.</p>'}
</main>`,
  );
}

function mailArticle({ at, channel, to, subject, text }: Mail): string {
  const kind = channel === 'ses' ? 'mail' : 'notice';
  const link = approvalLink(text);
  const button = link ? `<p><a class="button" href="${escapeHtml(link)}">Look at it and decide</a></p>` : '';
  return `<article>
<h2>${escapeHtml(subject)}</h2>
<p class="quiet">${kind} to ${escapeHtml(to.join(', '))}, ${escapeHtml(moment(new Date(at)))}</p>
<pre>${linked(text)}</pre>
${button}
</article>`;
}

/** Escaped text in which links can be clicked; only plain http and https ones. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, i) =>
      i % 2 === 0 ? escapeHtml(part) : `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>`,
    )
    .join('');
}
