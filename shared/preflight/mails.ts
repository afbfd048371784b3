import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { allSettings } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { firstOfEach } from '../core/first-of-each.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import { testMail } from '../format/preflight-messages.ts';
import type { StepContext } from '../lambda/context.ts';
import { notTried, type Trial } from './trials.ts';

/** An approver, and who mails to him. */
type Mailed = Config['approval']['approvers'][number] & { sender: string };

/** Every approver of the stage and of its services, once for each address and sender. */
export const everyApprover = (config: Config): Mailed[] => {
  const all = allSettings(config).flatMap(({ approval: { approvers, sender } }) =>
    approvers.map((approver) => ({ ...approver, sender })),
  );
  return firstOfEach(all, ({ sender, email }) => `${sender} ${email}`);
};

/** On request a mail to each of these approvers: SES knows no other way to say whether it would take one. */
export function mailTrials(
  by: string,
  { testMail: asked, mailedBefore }: PreflightAsk,
  { mail, config }: StepContext<'mail'>,
  approvers = everyApprover(config),
): Trial[] {
  if (!asked) return [notTried('ses:SendEmail', mailedBefore ? 'mailed-before' : 'not-asked')];
  const { subject, text } = testMail(by, config.environment);
  return approvers.map(({ name, email, sender }) => ({
    check: 'ses:SendEmail',
    on: name,
    async try() {
      const Body = { Text: { Data: text, Charset: 'UTF-8' } };
      await mail.ses.send(
        new SendEmailCommand({
          FromEmailAddress: sender,
          Destination: { ToAddresses: [email] },
          Content: { Simple: { Subject: { Data: subject, Charset: 'UTF-8' }, Body } },
        }),
      );
      return undefined;
    },
  }));
}
