import { PublishCommand } from '@aws-sdk/client-sns';
import type { ChannelContext } from './channel.ts';
import type { Notice } from './wording.ts';

export function publish({ subject, text }: Notice, { notices }: ChannelContext): Promise<unknown> {
  return notices.sns.send(
    new PublishCommand({ TopicArn: notices.topicArn, Subject: subject, Message: text }),
  );
}
