import { type KnownDifferences, none } from './difference.ts';

export const messageDifferences: KnownDifferences[] = [
  {
    aws: 'A message is not empty, and a subject has no line breaks.',
    decides: 'https://docs.aws.amazon.com/sns/latest/api/API_Publish.html',
    right: 'sandbox',
    rows: [
      ['SNS Publish, no message', 'error', 'InvalidParameterException (400)', none],
      ['SNS Publish, a line break in the subject', 'error', 'InvalidParameterException (400)', none],
    ],
  },
  {
    aws: 'A mail has 1 to 50 recipients; input that is not valid is a BadRequestException.',
    decides: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html',
    right: 'sandbox',
    rows: [
      ['SES SendEmail, nobody to send to', 'error', 'BadRequestException (400)', none],
      ['SES SendEmail, 51 recipients', 'error', 'BadRequestException (400)', 'MessageRejected (400)'],
    ],
  },
];
