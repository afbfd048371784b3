import type { Config } from '../../shared/config/schema.ts';

/** The stage with the services of one account alone; `undefined` is the stage's own account and Region. */
export function withServicesOf(account: string | undefined, config: Config): Config {
  const own = Object.entries(config.services).filter(([, service]) => service.account === account);
  return { ...config, services: Object.fromEntries(own) };
}

/** Name of the stack in another account, and of its dashboard. */
export const stackThere = (name: string, { environment }: Config): string =>
  `emergency-scaling-${environment}-${name}`;

/** Name of the event bus that takes the alarms of other accounts. Begins with the stack's name, as rules' ARNs must. */
export const busName = ({ environment }: Config): string => `emergency-scaling-${environment}-alarms`;

/** Name of a role of the stage that takes roles in other accounts: these trust it by its name. */
export const callerName = (id: string, { environment, iam }: Config): string =>
  `${iam.roleNamePrefix ?? 'emergency-scaling-'}${environment}-${id}`;
