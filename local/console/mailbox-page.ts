import { approvalLink } from '../../sandbox/approver.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Html, html, joinLines } from '../../shared/format/html.ts';
import { moment } from '../../shared/format/text.ts';
import { htmlPage } from './html.ts';

/** A message as the page shows it. */
interface Message {
  at: number;
  kind: string;
  to: string;
  subject: string;
  text: string;
}

/** Everything that was accepted for delivery, newest first; approval links can be clicked. */
export function mailboxPage(sandbox: Pick<Sandbox, 'aws' | 'webhooks'> | undefined): string {
  const articles = messagesOf(sandbox).map(messageArticle);
  return htmlPage(
    'Mailbox',
    html`<header><h1>Mailbox</h1><nav><a href="/">Console</a> <a href="/mailbox">Reload</a></nav></header>
<main class="mails">
<p class="quiet">What SNS, SES, PagerDuty and the chat were sent, newest first. Nothing leaves this machine.</p>
${articles.length > 0 ? joinLines(articles) : html`<p>Nothing yet: the first notice goes out when an emergency run starts.</p>`}
</main>`,
  );
}

function messagesOf(sandbox: Pick<Sandbox, 'aws' | 'webhooks'> | undefined): Message[] {
  if (!sandbox) return [];
  const mails = sandbox.aws.mailbox.map(({ at, channel, to, subject, text }) => ({
    at,
    kind: channel === 'ses' ? 'mail' : 'notice',
    to: to.join(', '),
    subject,
    text,
  }));
  const calls = sandbox.webhooks.map(({ at, url, body }) => ({
    at,
    kind: 'webhook',
    to: new URL(url).host,
    subject: `POST to ${new URL(url).host}`,
    text: textOf(body),
  }));
  return [...mails, ...calls]
    .map((message, i) => ({ message, i }))
    .sort((a, b) => b.message.at - a.message.at || b.i - a.i)
    .map(({ message }) => message);
}

/** A chat of text gets its words in `text`, Discord in `content`; a card and a page are whole documents. */
function textOf(body: unknown): string {
  const { text, content }: { text?: unknown; content?: unknown } = Object(body);
  const words = text ?? content;
  return typeof words === 'string' ? words : JSON.stringify(body, null, 2);
}

function messageArticle({ at, kind, to, subject, text }: Message): Html {
  const link = approvalLink(text);
  const button = link ? html`<p><a class="button" href="${link}">Look at it and decide</a></p>` : '';
  return html`<article>
<h2>${subject}</h2>
<p class="quiet">${kind} to ${to}, ${moment(new Date(at))}</p>
<pre>${linked(text)}</pre>
${button}
</article>`;
}

/** Text in which links can be clicked; only plain http and https ones. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, i) => (i % 2 === 0 ? html`${part}` : html`<a href="${part}">${part}</a>`));
}
