import { rolesThere } from '../elsewhere.ts';
import { partitionOf } from '../partition.ts';
import { lengthOfRoleName } from '../roles.ts';
import type { Config } from '../schema.ts';

interface Fault {
  path: string[];
  message: string;
}

type Placed = Pick<Config, 'environment' | 'region' | 'accounts' | 'services'>;

/** The functions with the longest names of those that have a role in another account. */
const longestFunction = 'read-autoscaling';

/** Accounts that no service is in or that can't be reached. Pure. */
export const accountFaults = (config: Placed): Fault[] => [
  ...unknownAccounts(config),
  ...Object.keys(config.accounts).flatMap((name) => faultsOfAccount(name, config)),
];

function unknownAccounts({ accounts, services }: Placed): Fault[] {
  const names = Object.keys(accounts);
  const allowed =
    names.length > 0 ? `one of accounts: ${names.join(', ')}` : 'named in accounts, which has none';
  return Object.entries(services).flatMap(([key, { account }]) =>
    account === undefined || Object.hasOwn(accounts, account)
      ? []
      : [{ path: ['services', key, 'account'], message: `must be ${allowed}` }],
  );
}

function faultsOfAccount(name: string, config: Placed): Fault[] {
  const account = config.accounts[name];
  if (!account) return [];
  const used = Object.values(config.services).some((service) => service.account === name);
  const own = partitionOf(config.region).name;
  const role = `${rolesThere(name, account, config)}${longestFunction}`;
  const fault = (key: string[], message: string) => [{ path: ['accounts', name, ...key], message }];
  return [
    ...(used ? [] : fault([], 'has no service: name it as account in an entry of services, or take it out')),
    ...(partitionOf(account.region).name === own
      ? []
      : fault(['region'], `must be in the partition ${own}, as region is: no role reaches into another`)),
    ...(role.length <= lengthOfRoleName
      ? []
      : fault([], `gives roles such as ${role}: ${role.length} characters, IAM allows ${lengthOfRoleName}`)),
  ];
}
