import { partitionOf } from './partition.ts';
import type { Config } from './schema.ts';

/** Where a service is that is looked after from this account, and whose name the calls there have. */
export interface Elsewhere {
  region: string;
  /** ARN of the role there that this function takes. */
  role: string;
  externalId: string;
  /** Name of the session, which CloudTrail shows there. */
  session: string;
}

/** What a call is about: the key of a service, and the name of the execution. */
export interface About {
  service: string;
  execution: string;
}

type Names = Pick<Config, 'environment'>;
type Account = Config['accounts'][string];

/** What the names of all roles of a stage in another account begin with. */
export const rolesThere = (name: string, { iam }: Account, { environment }: Names): string =>
  `${iam.roleNamePrefix ?? 'emergency-scaling-'}${environment}-${name}-`;

/** ARN of the role of a function in another account. Source: IAM User Guide, "IAM ARNs". */
export function roleThere(functionName: string, name: string, account: Account, config: Names): string {
  const path = account.iam.rolePath ?? '/';
  const role = `${rolesThere(name, account, config)}${functionName}`;
  return `arn:${partitionOf(account.region).name}:iam::${account.account}:role${path}${role}`;
}

/** The account of a service, with its name; undefined for a service of the stage's own account and Region. */
export function accountOf(service: string, config: Config): { name: string; account: Account } | undefined {
  const name = Object.hasOwn(config.services, service) ? config.services[service]?.account : undefined;
  const account = name === undefined ? undefined : config.accounts[name];
  return name !== undefined && account ? { name, account } : undefined;
}

/** The Region of a service. */
export const regionOf = (service: string, config: Config): string =>
  accountOf(service, config)?.account.region ?? config.region;

/** Where a function finds a service; undefined where that is here. Pure. */
export function elsewhereOf(
  { service, execution }: About,
  functionName: string,
  config: Config,
): Elsewhere | undefined {
  const found = accountOf(service, config);
  return (
    found && {
      region: found.account.region,
      role: roleThere(functionName, found.name, found.account, config),
      externalId: found.account.externalId,
      session: sessionOf(execution),
    }
  );
}

/** As much of an execution's name as STS takes. Source: STS API, AssumeRole (2 to 64 letters, digits and =,.@-_). */
const sessionOf = (execution: string): string =>
  execution
    .replaceAll(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
