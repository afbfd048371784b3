/** What a preflight sends on request, for people who wonder why they get it. */

/** A notice to the channels. ASCII, under 100 characters: what SNS takes as a subject. */
export const testNotice = (by: string, environment: string) => ({
  subject: `[${environment}] Test notice from emergency scaling (${by})`.slice(0, 99),
  text: [
    `This is a test of the way that notices of emergency scaling in ${environment} take, sent by ${by}.`,
    'Nothing is wrong with any service, and there is nothing to do.',
  ].join('\n'),
});

/** A mail to an approver. */
export const testMail = (by: string, environment: string) => ({
  subject: `[${environment}] Test mail: you are an approver of emergency scaling`,
  text: [
    `This is a test of the way that approval requests of emergency scaling in ${environment} take, sent by ${by}.`,
    'A real one carries a link of your own. There is nothing to decide now, and nothing to do.',
  ].join('\n'),
});
