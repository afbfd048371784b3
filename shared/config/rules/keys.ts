import { alarmStem, keyOf } from '../packaged.ts';
import type { Config } from '../schema.ts';

interface Fault {
  path: string[];
  message: string;
}

type Keyed = Pick<Config, 'environment' | 'accounts' | 'services'>;
type Service = Config['services'][string];

/** With the stage's name before it and an alert's behind it, it still is the name of an alarm: CloudWatch ends those at 255. */
const longestKey = 200;

/** Keys that are no name in AWS, keys that AWS would take for one, and two entries for one ECS service. Pure. */
export const keyFaults = (config: Keyed): Fault[] => [
  ...oddKeys(config),
  ...sameService(config),
  ...alike(
    config,
    spelt,
    'in more than case and in more than hyphens: CloudFormation knows both by one name',
  ),
  ...alike(
    config,
    (service) => alarmStem(service, config),
    "in more than the stage's name before it: alarms of both would have one name",
  ),
];

function oddKeys({ services }: Keyed): Fault[] {
  const odd = Object.keys(services).filter((key) => key.length > longestKey || !/^[\w-]+$/.test(key));
  const message = `must have a key of 1 to ${longestKey} letters, digits, hyphens and underscores`;
  return odd.map((key) => ({ path: ['services', key], message }));
}

/** One entry for each ECS service: one run at a time may change it, and each entry has a lock of its own. */
function sameService(config: Keyed): Fault[] {
  const place = (name: string | undefined) => {
    const there = name === undefined ? undefined : config.accounts[name];
    return there ? `${there.account} ${there.region}` : name;
  };
  const told = ({ cluster, service, account }: Service) => `${place(account)} ${cluster}/${service}`;
  return repeated(config, told).map(([key, before]) => ({
    path: ['services', key],
    message: `must differ from services.${before} in cluster, service or account: one entry, and with it one lock, for each ECS service`,
  }));
}

const alike = (config: Keyed, told: (service: Service) => string, how: string): Fault[] =>
  repeated(config, told).map(([key, before]) => ({
    path: ['services', key],
    message: `must have a key that differs from ${before} ${how}`,
  }));

/** As a logical id of CloudFormation says it, which has letters and digits alone. */
const spelt = (service: Service): string =>
  keyOf(service).toLowerCase().replaceAll('-', 'dash').replaceAll('_', 'underscore');

/** Keys of which an earlier one says the same, with the first that does. */
function repeated({ services }: Keyed, told: (service: Service) => string): [string, string][] {
  const first = new Map<string, string>();
  return Object.entries(services).flatMap(([key, service]): [string, string][] => {
    const before = first.get(told(service));
    if (before === undefined) first.set(told(service), key);
    return before === undefined ? [] : [[key, before]];
  });
}
