import type { ChatKind } from '../config/chat-kinds.ts';
import type { Notice } from './wording.ts';

/** Webhooks of a flow (Power Automate), in the public and the national clouds, and the retired ones of Microsoft 365. */
const teamsHost = /\.(?:logic\.azure\.(?:com|us|cn)|api\.powerplatform\.com|webhook\.office\.com)$/;
const discordHost = /^(?:(?:ptb|canary)\.)?discord(?:app)?\.com$/;

/** What the host of a webhook takes. Any other host (a Mattermost of one's own, a relay) takes text. */
export function kindOf(url: string): ChatKind {
  const host = URL.parse(url)?.hostname ?? '';
  if (teamsHost.test(host)) return 'teams';
  return discordHost.test(host) ? 'discord' : 'text';
}

/**
 * Characters of the whole notice that every chat of a kind takes whole. Slack splits what is longer than 4,000 and
 * Rocket.Chat refuses more than 5,000; Teams takes 28 KB, of which escapes may fill a good part; Discord refuses more
 * than 2,000.
 */
const most: Record<ChatKind, number> = { text: 4000, teams: 4000, discord: 2000 };

/** What is posted for a notice. A chat links nothing and calls nobody, whatever a person wrote. */
export function chatBody({ subject, text }: Notice, url: string, kind: ChatKind = kindOf(url)): object {
  const [title = '', ...lines] = cut(withoutMarkup(`${subject}\n${text}`), most[kind]).split('\n');
  if (kind === 'teams') return cardOf(title, lines);
  const content = [title, ...lines].join('\n');
  return kind === 'discord' ? { content, allowed_mentions: { parse: [] } } : { text: content };
}

/**
 * Angle brackets, or brackets before parentheses, make links in a chat; an at sign calls somebody, or everybody (`@here`,
 * `@everyone`, `<!channel>`): what a person wrote must do neither.
 */
const withoutMarkup = (text: string): string =>
  text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('](', '] (').replaceAll('@', '＠');

/** Keeps to the limit, at the end of a line where one is near, and says so. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const room = longest - saidOf(text.length).length;
  const end = text.lastIndexOf('\n', room);
  // The cut may have halved a surrogate pair.
  const kept = text.slice(0, end > room / 2 ? end : room).replace(/[\ud800-\udbff]$/, '');
  return kept + saidOf(text.length - kept.length);
}

const saidOf = (missing: number): string =>
  `\n(Cut here: ${missing} more characters stand in the same notice by SNS.)`;

/** An Adaptive Card as a flow and the retired connectors of Teams take it. Source: Adaptive Cards 1.4. */
function cardOf(title: string, lines: readonly string[]): object {
  const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
  // A blank line between two lines: a single line break is drawn as a blank.
  const body = [block(escaped(title), { weight: 'Bolder' }), block(lines.map(escaped).join('\n\n'))];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    // A mention would need an entity here; there is none.
    msteams: { width: 'Full' },
    body,
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** One line without Markdown: no emphasis, link, code or heading, and no list where the line begins. */
const escaped = (line: string): string =>
  line.replace(/[\\`*_[\]#~|!]/g, '\\$&').replace(/^(\s*)([-+]|\d+(?=[.)]))/, escapedStart);

const escapedStart = (_: string, blanks: string, mark: string): string =>
  /\d/.test(mark) ? `${blanks}${mark}\\` : `${blanks}\\${mark}`;
