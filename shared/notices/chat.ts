import type { ChannelContext } from './channel.ts';
import { postTo } from './post-webhook.ts';
import type { Notice } from './wording.ts';

/** A chat's incoming webhook: `{"text": ...}`, which Slack, Mattermost and Google Chat take alike. */
export async function post({ subject, text }: Notice, context: ChannelContext): Promise<void> {
  const url = await context.secrets.read(context.config.notices.chat.urlSecret);
  await postTo('chat', url, { text: withoutMarkup(`${subject}\n${text}`) }, context);
}

/** Angle brackets make links and mentions of everybody in a chat: what a person wrote must make neither. */
const withoutMarkup = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');
