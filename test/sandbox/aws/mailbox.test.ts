import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { createHarness, START } from './harness.ts';

const TopicArn = 'arn:aws:sns:ap-southeast-1:123456789012:oncall';

describe('SNS Publish', () => {
  it('keeps the message', async () => {
    const { aws, sns } = createHarness();
    const answer = await sns.send(
      new PublishCommand({ TopicArn, Subject: 'Scaled out', Message: 'a < b & "c"\n' }),
    );
    expect(answer.MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(aws.mailbox).toEqual([
      { at: START, channel: 'sns', to: [TopicArn], subject: 'Scaled out', text: 'a < b & "c"\n' },
    ]);
  });

  it.each([
    ['a subject of two lines', { Subject: 'a\nb' }, 'Invalid parameter: Subject'],
    ['a subject of 101 characters', { Subject: 'a'.repeat(101) }, 'Invalid parameter: Subject'],
    ['no message', { Message: '' }, 'Invalid parameter: Empty message'],
    ['more than 256 KiB', { Message: 'é'.repeat(131_073) }, 'Invalid parameter: Message too long'],
    ['a foreign topic', { TopicArn: 'arn:aws:sns:eu-west-1:1:x' }, 'Invalid parameter: TopicArn'],
  ])('refuses %s', async (_, change, message) => {
    const { aws, sns } = createHarness();
    await expect(sns.send(new PublishCommand({ TopicArn, Message: 'm', ...change }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message,
    });
    expect(aws.mailbox).toEqual([]);
  });

  it('does not know topics that were not declared', async () => {
    const { sns } = createHarness({ topics: [TopicArn] });
    await expect(
      sns.send(new PublishCommand({ TopicArn: `${TopicArn}-2`, Message: 'm' })),
    ).rejects.toMatchObject({ name: 'NotFoundException', $metadata: { httpStatusCode: 404 } });
  });
});

describe('SES SendEmail', () => {
  const email = (subject: string, to: string[]) =>
    new SendEmailCommand({
      FromEmailAddress: 'ops@buywhere.ai',
      Destination: { ToAddresses: to },
      Content: {
        Simple: {
          Subject: { Data: subject },
          Body: { Text: { Data: 'text' }, Html: { Data: '<p>html</p>' } },
        },
      },
    });

  it('keeps both bodies', async () => {
    const { aws, ses } = createHarness();
    expect((await ses.send(email('Freigabe nötig', ['a@buywhere.ai']))).MessageId).toBeDefined();
    expect(aws.mailbox).toMatchObject([
      { channel: 'ses', to: ['a@buywhere.ai'], subject: 'Freigabe nötig', text: 'text', html: '<p>html</p>' },
    ]);
  });

  it.each([
    ['nobody', 'subject', []],
    ['51 recipients', 'subject', Array.from({ length: 51 }, (_, index) => `a${index}@buywhere.ai`)],
    ['no address', 'subject', ['someone']],
    ['a subject of two lines', 'a\r\nBcc: b@buywhere.ai', ['a@buywhere.ai']],
  ])('refuses %s', async (_, subject, to) => {
    const { aws, ses } = createHarness();
    await expect(ses.send(email(subject, to))).rejects.toMatchObject({ name: 'BadRequestException' });
    expect(aws.mailbox).toEqual([]);
  });

  it('sends nothing from an address that is not verified', async () => {
    const { aws, ses } = createHarness({ senders: ['scaling@buywhere.ai'] });
    await expect(ses.send(email('subject', ['a@buywhere.ai']))).rejects.toMatchObject({
      name: 'MessageRejected',
      message: 'Email address is not verified: ops@buywhere.ai',
    });
    expect(aws.mailbox).toEqual([]);
  });
});
