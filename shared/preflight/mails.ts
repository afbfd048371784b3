import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { PreflightAsk } from '../document/preflight.ts';
import { testMail } from '../format/preflight-messages.ts';
import type { StepContext } from '../lambda/context.ts';
import { notTried, type Trial } from './trials.ts';

/** On request a mail to each of these approvers: SES knows no other way to say whether it would take one. */
export function mailTrials(
  by: string,
  { testMail: asked, mailedBefore }: PreflightAsk,
  { mail, config }: StepContext<'mail'>,
  approvers = config.approval.approvers,
): Trial[] {
  if (!asked) return [notTried('ses:SendEmail', mailedBefore ? 'mailed-before' : 'not-asked')];
  const { subject, text } = testMail(by, config.environment);
  return approvers.map(({ name, email }) => ({
    check: 'ses:SendEmail',
    on: name,
    async try() {
      const Body = { Text: { Data: text, Charset: 'UTF-8' } };
      await mail.ses.send(
        new SendEmailCommand({
          FromEmailAddress: config.approval.sender,
          Destination: { ToAddresses: [email] },
          Content: { Simple: { Subject: { Data: subject, Charset: 'UTF-8' }, Body } },
        }),
      );
      return undefined;
    },
  }));
}
