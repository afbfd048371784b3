import type { ChannelContext } from './channel.ts';
import { chatBody } from './chat-body.ts';
import { postTo } from './post-webhook.ts';
import type { Notice } from './wording.ts';

/** A chat's incoming webhook, in the shape that it takes. */
export async function post(notice: Notice, context: ChannelContext): Promise<void> {
  const { kind, urlSecret } = context.config.notices.chat;
  const url = await context.secrets.read(urlSecret);
  await postTo('chat', url, chatBody(notice, url, kind), context);
}
