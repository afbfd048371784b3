import { z } from 'zod';
import { arn } from '../place.ts';
import { AwsError } from './errors.ts';
import { type Operations, parseInput } from './input.ts';
import { type Site, uuid } from './site.ts';

/** A message that was accepted for delivery. Accepted does not mean delivered. */
export interface Mail {
  /** Virtual milliseconds since the epoch. */
  at: number;
  channel: 'sns' | 'ses';
  /** E-mail addresses, or the ARN of the topic. */
  to: string[];
  subject: string;
  text: string;
  html?: string;
}

const KIBIBYTE = 1024;
/** Topic attribute MaximumMessageSize, its default (sns/latest/api/API_Publish.html). */
const MOST_SNS_BYTES = 256 * KIBIBYTE;
/** Amazon SES quotas (ses/latest/dg/quotas.html). */
const MOST_SES_BYTES = 40 * KIBIBYTE * KIBIBYTE;
const MOST_RECIPIENTS = 50;
const MOST_HEADERS = 15;

const Publish = z.object({
  TopicArn: z.string().optional(),
  TargetArn: z.string().optional(),
  PhoneNumber: z.string().optional(),
  Subject: z.string().optional(),
  Message: z.string().default(''),
});

/** SNS e-mail subjects: printable ASCII, at most 100 characters, not starting with a blank (API_Publish.html). */
const SUBJECT = /^[!-~][ -~]{0,99}$/;

function invalid(what: string): never {
  throw new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}

/** SNS Publish. With `topics` given, any other topic is unknown. */
export function snsOperations(
  site: Site,
  mailbox: Mail[],
  topics: readonly string[] | undefined,
): Operations {
  return {
    Publish(input) {
      const request = parseInput(Publish, input, 'InvalidParameter');
      const to = request.TopicArn ?? request.TargetArn ?? request.PhoneNumber;
      if (to === undefined) return invalid('TopicArn or TargetArn Reason: no value for required parameter');
      if (request.PhoneNumber === undefined) {
        if (!to.startsWith(arn(site, 'sns', ''))) return invalid('TopicArn');
        if (topics !== undefined && !topics.includes(to))
          throw new AwsError('NotFound', 'Topic does not exist', 404);
      }
      if (request.Subject !== undefined && !SUBJECT.test(request.Subject)) return invalid('Subject');
      if (request.Message === '') return invalid('Empty message');
      if (Buffer.byteLength(request.Message) > MOST_SNS_BYTES) return invalid('Message too long');
      mailbox.push({
        at: site.now(),
        channel: 'sns',
        to: [to],
        subject: request.Subject ?? 'AWS Notification Message',
        text: request.Message,
      });
      return { MessageId: uuid(site) };
    },
  };
}

const Content = z.object({ Data: z.string(), Charset: z.string().optional() });
const Addresses = z.array(z.string()).default([]);
const SendEmail = z.object({
  FromEmailAddress: z.email(),
  Destination: z.object({ ToAddresses: Addresses, CcAddresses: Addresses, BccAddresses: Addresses }),
  Content: z.object({
    Simple: z.object({
      Subject: Content,
      Body: z.object({ Text: Content.optional(), Html: Content.optional() }),
      Headers: z
        .array(z.object({ Name: z.string(), Value: z.string() }))
        .max(MOST_HEADERS)
        .optional(),
    }),
  }),
});

function badRequest(message: string): never {
  throw new AwsError('BadRequestException', message);
}

/** SES v2 GetAccount, out of its sandbox, and SendEmail with simple content; raw messages and templates are refused. With `senders` given, any other is unverified. */
export function sesOperations(
  site: Site,
  mailbox: Mail[],
  senders: readonly string[] | undefined,
): Operations {
  return {
    GetAccount: () => ({
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: mailbox.length },
    }),

    SendEmail(input) {
      const request = parseInput(SendEmail, input, 'BadRequestException');
      const { ToAddresses: to, CcAddresses: cc, BccAddresses: bcc } = request.Destination;
      const recipients = [...to, ...cc, ...bcc];
      const from = request.FromEmailAddress;
      if (senders !== undefined && !senders.includes(from)) {
        throw new AwsError('MessageRejected', `Email address is not verified: ${from}`);
      }
      const { Subject: subject, Body: body } = request.Content.Simple;
      if (recipients.length === 0) return badRequest('At least one recipient is required.');
      if (recipients.length > MOST_RECIPIENTS) return badRequest('Recipient count exceeds 50.');
      if (recipients.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address)))
        return badRequest('Illegal address');
      if (/[\r\n]/.test(subject.Data)) return badRequest('Subject must not contain line breaks.');
      if (body.Text === undefined && body.Html === undefined) return badRequest('Missing body.');
      const bytes = Buffer.byteLength((body.Text?.Data ?? '') + (body.Html?.Data ?? ''));
      if (bytes > MOST_SES_BYTES) {
        throw new AwsError('MessageRejected', 'Message length is more than 41943040 bytes long.');
      }
      mailbox.push({
        at: site.now(),
        channel: 'ses',
        to: recipients,
        subject: subject.Data,
        text: body.Text?.Data ?? '',
        ...(body.Html && { html: body.Html.Data }),
      });
      return { MessageId: uuid(site) };
    },
  };
}
