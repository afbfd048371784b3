import { alarmsOf } from '../../../shared/alarms/cloudwatch-alarms.ts';
import { tasksOf } from '../../../shared/config/servers/address.ts';
import { codeSpans, read, section, tableRows } from '../../support/markdown.ts';
import type { Packaged } from '../../support/packaged.ts';

/** What one call names: a type of resource of the reference with its names, or `*`; and what its right must be bound to. */
export interface Target {
  type: string;
  names?: Record<string, string>;
  context?: Record<string, string>;
  /** The part of the ARN that nobody can know before: a right with a pattern is as narrow as it can be. */
  open?: true;
}

/** Something that a role is needed for: the function whose code calls, in the package of a stage. */
export interface Caller {
  packaged: Packaged;
  name: string;
}

export const config = ({ packaged }: Caller) => packaged.config;
export const services = (caller: Caller) => Object.values(config(caller).services);
export const any = (): Target[] => [{ type: '*' }];

export const service = (caller: Caller): Target[] =>
  services(caller).map(({ cluster, service }) => ({
    type: 'service',
    names: { ClusterName: cluster, ServiceName: service },
  }));

/** Where a function looks for tasks: where the services are, and for `assess` PgBouncer's as well. */
export const clusters = (caller: Caller): string[] => [
  ...new Set(
    services(caller).flatMap(({ cluster, pgbouncer }) => [
      cluster,
      ...(caller.name === 'assess' ? (tasksOf(pgbouncer?.instances)?.cluster ?? []) : []),
    ]),
  ),
];

/** A part of a service with an identifier of its own, which AWS asks for beside the service itself. */
export const partOf = (type: string, id: string) => (caller: Caller) => [
  ...service(caller),
  ...service(caller).map(({ names }) => ({ type, names: { ...names, [id]: 'any' }, open: true as const })),
];

export const scalableTarget = (): Target[] => [
  {
    type: 'ScalableTarget',
    names: { ResourceId: 'any' },
    context: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
    open: true,
  },
];

/** Records by function, as docs/permissions.md lists them. */
export const records = (writing: boolean) => (caller: Caller) =>
  tableRows(section(read('docs/permissions.md'), '## Records')).flatMap(
    ([keys = '', , writers = '', readers = '']): Target[] =>
      [...codeSpans(writers), ...(writing ? [] : codeSpans(readers))].includes(caller.name)
        ? codeSpans(keys).map((key) => ({
            type: 'table',
            names: { TableName: 'Records' },
            context: { 'dynamodb:LeadingKeys': key },
          }))
        : [],
  );

const tellers = ['notify', 'remind-approvers', 'watch-executions'];

export function parameters(caller: Caller): Target[] {
  const { alertmanager, notices, environment, services: all } = config(caller);
  const pools = Object.values(all).flatMap(({ pgbouncer }) => [
    pgbouncer?.statsSecret,
    pgbouncer?.database?.secret,
  ]);
  const admins = Object.values(all).map(({ pgbouncer }) => pgbouncer?.adminSecret);
  const killSwitch = `/emergency-scaling/${environment}/switch`;
  const own: Record<string, (string | undefined)[]> = {
    'alert-webhook': alertmanager.tokenSecrets,
    'read-pools': pools,
    'tune-pools': [killSwitch, ...(admins.some(Boolean) ? [...pools, ...admins] : [])],
    'check-redis': Object.values(all).flatMap(({ cache }) => cache?.secret ?? []),
    'relieve-redis': [
      killSwitch,
      ...Object.values(all).flatMap(({ cache, pgbouncer }) => [
        cache?.reliefSecret,
        ...(cache?.mostActiveSessions === undefined ? [] : [pgbouncer?.database?.secret]),
      ]),
    ],
    ...Object.fromEntries(
      tellers.map((name) => [name, [notices.pagerDuty.routingKeySecret, notices.chat.urlSecret]]),
    ),
  };
  const names = own[caller.name] ?? [killSwitch];
  return [...new Set(names.filter((name) => name !== undefined))].map((name) => ({
    type: 'parameter',
    names: { ParameterNameWithoutLeadingSlash: name.slice(1) },
  }));
}

/** SES checks the sender's identity and its configuration set, and while it is in its sandbox the recipient's. */
export function mails(caller: Caller): Target[] {
  const { sender, approvers } = config(caller).approval;
  const domain = (address: string) => address.split('@')[1] ?? '';
  return approvers.flatMap(({ email }) => {
    const context = { 'ses:FromAddress': sender, 'ses:Recipients': email };
    const identities = [sender, domain(sender), email, domain(email)].map((name) => ({
      type: 'identity',
      names: { IdentityName: name },
      context,
    }));
    const set = {
      type: 'configuration-set',
      names: { ConfigurationSetName: 'any' },
      context,
      open: true as const,
    };
    return [...identities, set];
  });
}

export const machine = (caller: Caller, suffix: string) =>
  `emergency-scaling-${caller.packaged.stage}${suffix}`;
const everyRun = [
  '',
  '-scale-in',
  '-rollback',
  '-configure-autoscaling',
  '-pgbouncer-emergency',
  '-redis-emergency',
];

export const executions = (caller: Caller) =>
  (['intake', 'open-incident', 'watch-executions'].includes(caller.name)
    ? everyRun
    : ['-scale-in', '-redis-emergency']
  ).map((suffix) => ({
    type: 'execution',
    names: { StateMachineName: machine(caller, suffix), ExecutionId: 'any' },
    open: true as const,
  }));

/** The alarms that can start a run. */
export const alarms = (caller: Caller): Target[] =>
  services(caller).flatMap((service) =>
    alarmsOf(service, config(caller)).map(({ AlarmName = '' }) => ({ type: 'alarm', names: { AlarmName } })),
  );
