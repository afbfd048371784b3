import { z } from 'zod';
import { AwsError } from './errors.ts';
import { type Operations, parseInput } from './input.ts';
import { hexDigits, type Site, uuid } from './site.ts';

/** The external id for which a role of another account lets a caller in, as the sandbox knows it; undefined for never. */
export type Trust = (role: string, caller: string) => string | undefined;

/** A session of a role: the credentials' access key stands for it. */
export interface RoleSession {
  account: string;
  role: string;
  /** Its name, as CloudTrail shows it in the account of the role. */
  session: string;
}

const AssumeRole = z.object({
  RoleArn: z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/),
  RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
  ExternalId: z.string().optional(),
  DurationSeconds: z.coerce.number().int().min(900).max(3600).default(3600),
});

/**
 * STS of an account whose callers take roles of others. Source: STS API, AssumeRole; it does not say whether a role exists
 * that the caller may not take.
 * @param sessions what was given, by the access key; filled here
 */
export function stsOperations(site: Site, trust: Trust, sessions: Map<string, RoleSession>): Operations {
  return {
    AssumeRole(input, caller) {
      const { RoleArn, RoleSessionName, ExternalId, DurationSeconds } = parseInput(
        AssumeRole,
        input,
        'ValidationError',
      );
      const externalId = trust(RoleArn, caller);
      if (externalId === undefined || externalId !== ExternalId)
        throw new AwsError(
          'AccessDenied',
          `User: arn:aws:sts::${site.account}:assumed-role/${caller}/${caller} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
          403,
        );
      const account = RoleArn.split(':')[4] ?? '';
      const AccessKeyId = `ASIA${hexDigits(site, 16).toUpperCase()}`;
      sessions.set(AccessKeyId, { account, role: RoleArn, session: RoleSessionName });
      return {
        Credentials: {
          AccessKeyId,
          SecretAccessKey: hexDigits(site, 40),
          SessionToken: uuid(site),
          Expiration: new Date(site.now() + DurationSeconds * 1000).toISOString(),
        },
        AssumedRoleUser: {
          AssumedRoleId: `AROA${hexDigits(site, 16).toUpperCase()}:${RoleSessionName}`,
          Arn: `${RoleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${RoleSessionName}`,
        },
      };
    },
  };
}
