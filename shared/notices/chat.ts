import type { ChannelContext } from './channel.ts';
import { postTo } from './post-webhook.ts';
import type { Notice } from './wording.ts';

/** A chat's incoming webhook: `{"text": ...}`, which Slack, Mattermost and Google Chat take alike. */
export async function post({ subject, text }: Notice, context: ChannelContext): Promise<void> {
  const url = await context.secrets.read(context.config.notices.chat.urlSecret);
  await postTo('chat', url, { text: withoutMarkup(`${subject}\n${text}`) }, context);
}

/**
 * Angle brackets, or brackets before parentheses, make links in a chat; an at sign calls somebody, or everybody (`@here`,
 * `@everyone`, `<!channel>`): what a person wrote must do neither.
 */
const withoutMarkup = (text: string): string =>
  text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('](', '] (').replaceAll('@', '＠');
