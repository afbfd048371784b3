import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand } from '@aws-sdk/client-sns';
import { calls } from './call.ts';

export const topicArn = 'arn:aws:sns:ap-southeast-1:123456789012:notices';
export const sender = 'scaling@buywhere.ai';

const mail = (part: { to?: string[]; from?: string } = {}) =>
  new SendEmailCommand({
    FromEmailAddress: part.from ?? sender,
    Destination: { ToAddresses: part.to ?? ['bolt@buywhere.ai'] },
    Content: { Simple: { Subject: { Data: 'Approval' }, Body: { Text: { Data: 'Please decide.' } } } },
  });

export const messageCalls = calls({
  'SNS Publish': ({ sns }) =>
    sns.send(new PublishCommand({ TopicArn: topicArn, Subject: 'Notice', Message: 'Scaled out.' })),
  'SNS Publish, missing topic': ({ sns }) =>
    sns.send(new PublishCommand({ TopicArn: `${topicArn}-no-such`, Message: 'Scaled out.' })),
  'SNS Publish, no message': ({ sns }) => sns.send(new PublishCommand({ TopicArn: topicArn, Message: '' })),
  'SNS Publish, too long a message': ({ sns }) =>
    sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'x'.repeat(262_145) })),
  'SNS Publish, too long a subject': ({ sns }) =>
    sns.send(new PublishCommand({ TopicArn: topicArn, Subject: 'x'.repeat(101), Message: 'Scaled out.' })),
  'SNS Publish, a line break in the subject': ({ sns }) =>
    sns.send(new PublishCommand({ TopicArn: topicArn, Subject: 'a\nb', Message: 'Scaled out.' })),
  'SES SendEmail': ({ ses }) => ses.send(mail()),
  'SES SendEmail, nobody to send to': ({ ses }) => ses.send(mail({ to: [] })),
  'SES SendEmail, 51 recipients': ({ ses }) =>
    ses.send(mail({ to: Array.from({ length: 51 }, (_, each) => `p${each}@buywhere.ai`) })),
  'SES SendEmail, unverified sender': ({ ses }) => ses.send(mail({ from: 'nobody@example.com' })),
});
