import * as z from 'zod';
import { RolesConfig } from './roles.ts';

/** An account and Region of services that this stage looks after from its own, and how its functions get in there. */
const AccountConfig = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account, between quotation marks'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region such as eu-west-1'),
  /** What the roles there ask for besides the caller. Source: STS API, AssumeRole. */
  externalId: z
    .string()
    .regex(
      /^[\w+=,.@:/-]{2,1224}$/,
      'must be 2 to 1,224 letters, digits and the characters _ + = , . @ : / -',
    ),
  /** What the organisation of that account asks of the roles that are made there. */
  iam: RolesConfig.prefault({}),
});

/** By the name that entries of `services` call it by; it is a part of the names of roles and of the stack there. */
export const AccountsConfig = z
  .record(z.string(), AccountConfig)
  .superRefine((all, context) => {
    const message = 'an account must have a name of lower case letters, digits and hyphens';
    for (const name of Object.keys(all).filter((one) => !/^[a-z][a-z0-9-]*$/.test(one)))
      context.addIssue({ code: 'custom', path: [name], message });
  })
  .default({});
