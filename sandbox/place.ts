import { partitionOf } from '../shared/config/partition.ts';

/** An account in a Region, and the stage that is deployed there; without one, things have the names of their files. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stage?: string;
}

export const defaultPlace: Place = { account: '123456789012', region: 'ap-southeast-1' };

/** `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Source: IAM User Guide, "IAM ARNs". */
export const arn = ({ account, region }: Place, service: string, resource: string): string =>
  `arn:${partitionOf(region).name}:${service}:${region}:${account}:${resource}`;

/** ARN of a role of the account; IAM knows no Region. */
export const roleArn = ({ account, region }: Place, name: string): string =>
  `arn:${partitionOf(region).name}:iam::${account}:role/${name}`;

/** The name that serverless.yml gives to what it deploys from a file: the machine emergency-scaling has the stack's own. */
export function deployedName({ stage }: Place, file: string): string {
  if (stage === undefined) return file;
  const stack = `emergency-scaling-${stage}`;
  return file === 'emergency-scaling' ? stack : `${stack}-${file}`;
}
