import * as z from 'zod';

const name = '[\\w+=,.@-]+';

/** What an organisation asks of every role and policy that a stack makes. Source: IAM and STS quotas, names and paths. */
export const RolesConfig = z.strictObject({
  /** Name (with path) or ARN of the policy that is every role's permissions boundary. */
  permissionsBoundary: z
    .string()
    .regex(
      new RegExp(`^(arn:aws[a-z-]*:iam::\\d{12}:policy/)?(${name}/)*${name}$`),
      'must be the name or ARN of a policy',
    )
    .optional(),
  rolePath: z
    .string()
    .regex(new RegExp(`^/(${name}/)*$`), 'must begin and end with a slash, such as /teams/scaling/')
    .optional(),
  /** Without it CloudFormation names each role after the stack. */
  roleNamePrefix: z
    .string()
    .regex(new RegExp(`^${name}$`), 'must be the beginning of a role name')
    .optional(),
});

export type RolesConfig = z.infer<typeof RolesConfig>;

/** Source: IAM and STS quotas. */
export const lengthOfRoleName = 64;

/** A permissions boundary as CloudFormation takes it, by its name or ARN. */
export const boundaryOf = (policy: string) =>
  policy.startsWith('arn:')
    ? policy
    : { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${policy}` };
