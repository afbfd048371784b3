import { z } from 'zod';
import type { ServiceSettings, WriteRecord } from '../../sandbox/aws/wire.ts';
import { rounded } from '../../shared/format/numbers.ts';

const Policy = z.object({
  name: z.string(),
  metric: z.string().optional(),
  target: z.number().optional(),
  scaleOutCooldown: z.number().optional(),
  scaleInCooldown: z.number().optional(),
  disableScaleIn: z.boolean().optional(),
});
type Policy = z.infer<typeof Policy>;

const Sizes = z.record(z.string(), z.number());

const Settings = z.object({
  desired: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  taskDefinition: z.string().optional(),
  suspended: z
    .object({ dynamicScalingIn: z.boolean(), dynamicScalingOut: z.boolean(), scheduledScaling: z.boolean() })
    .optional(),
  policies: z.array(Policy).optional(),
  pools: z.array(Sizes).optional(),
  cache: z.object({ policy: z.string(), keys: z.number() }).optional(),
});
type Settings = z.infer<typeof Settings>;

const poolNames = ['default_pool_size', 'reserve_pool_size', 'min_pool_size', 'max_client_conn'] as const;

const yesNo = (value: boolean | undefined) => (value === undefined ? 'none' : value ? 'yes' : 'no');
const seconds = (value: number | undefined) => (value === undefined ? 'default' : `${value} s`);

/** What a write changed, as `setting from → to`, for people. */
export function changesOf({ from, to }: Pick<WriteRecord, 'from' | 'to'>): string[] {
  const before = Settings.parse(from);
  const after = Settings.parse(to);
  const rows = [settingRows, policyRows, sizeRows, cacheRows];
  return rows
    .flatMap((rowsOf) => rowsOf(before, after))
    .filter(([, was, is]) => was !== is)
    .map(([name, was, is]) => `${name} ${was} → ${is}`);
}

/** Who wrote, for people; Application Auto Scaling with what made it do so. */
export function whoWrote({ who, cause = '' }: Pick<WriteRecord, 'who' | 'cause'>): string {
  if (who !== 'application-autoscaling') return who;
  const policy = /triggered policy (.+)$/.exec(cause)?.[1];
  const action = /^scheduled action name (.+) was triggered$/.exec(cause)?.[1];
  const [, bound, value] = /^(minimum|maximum) capacity was set to (\d+)$/.exec(cause) ?? [];
  const why = policy
    ? ` (policy ${policy})`
    : action
      ? ` (scheduled action ${action})`
      : bound
        ? ` (${bound.slice(0, 3)} is ${value})`
        : '';
  return `Auto Scaling${why}`;
}

type Row = readonly [name: string, from: string, to: string];

function settingRows(before: Settings, after: Settings): Row[] {
  const number = (value: number | undefined) => (value === undefined ? 'none' : `${value}`);
  return [
    ['desired', number(before.desired), number(after.desired)],
    ['min', number(before.min), number(after.min)],
    ['max', number(before.max), number(after.max)],
    [
      'scaling in suspended',
      yesNo(before.suspended?.dynamicScalingIn),
      yesNo(after.suspended?.dynamicScalingIn),
    ],
    [
      'scaling out suspended',
      yesNo(before.suspended?.dynamicScalingOut),
      yesNo(after.suspended?.dynamicScalingOut),
    ],
    [
      'scheduled scaling suspended',
      yesNo(before.suspended?.scheduledScaling),
      yesNo(after.suspended?.scheduledScaling),
    ],
    ['task definition', before.taskDefinition ?? 'none', after.taskDefinition ?? 'none'],
  ];
}

function policyRows(before: Settings, after: Settings): Row[] {
  const names = new Set([...(before.policies ?? []), ...(after.policies ?? [])].map(({ name }) => name));
  return [...names].flatMap((name): Row[] => {
    const was = before.policies?.find((policy) => policy.name === name);
    const is = after.policies?.find((policy) => policy.name === name);
    if (!was || !is) return [[`policy ${name}`, was ? 'present' : 'none', is ? 'present' : 'removed']];
    return fieldRows(was, is);
  });
}

/** Sizes of PgBouncer, one by one. */
const sizeRows = ({ pools = [] }: Settings, after: Settings): Row[] =>
  pools.flatMap((was, index) =>
    Object.entries(was).map(([name, size]): Row => {
      const is = after.pools?.[index]?.[name];
      return [`PgBouncer ${name}`, `${size}`, `${is}`];
    }),
  );

/** The policy of the cache, and how many keys it has. */
function cacheRows({ cache: was }: Settings, { cache: is }: Settings): Row[] {
  if (!was || !is) return [];
  return [
    ['maxmemory-policy', was.policy, is.policy],
    ['keys of the cache', rounded(was.keys), rounded(is.keys)],
  ];
}

function fieldRows(was: Policy, is: Policy): Row[] {
  return [
    [ofCpu(was) ? 'CPU target' : `${was.name} target`, targetOf(was), targetOf(is)],
    ['scale-out cooldown', seconds(was.scaleOutCooldown), seconds(is.scaleOutCooldown)],
    ['scale-in cooldown', seconds(was.scaleInCooldown), seconds(is.scaleInCooldown)],
    ['scale-in disabled', yesNo(was.disableScaleIn), yesNo(is.disableScaleIn)],
  ];
}

const ofCpu = ({ metric = '' }: { metric?: string | undefined }) =>
  metric.startsWith('ECSServiceAverageCPUUtilization');

/** CPU targets are percentages; other metrics have units of their own. */
const targetOf = (policy: { metric?: string | undefined; target?: number | undefined }) =>
  policy.target === undefined ? 'none' : ofCpu(policy) ? `${policy.target} %` : `${policy.target}`;

/** The settings that a run may change and has to give back, one row each; counts in motion included. */
export function settingsTable(columns: readonly (ServiceSettings | null)[]): string[][] {
  const row = (name: string, cell: (settings: ServiceSettings) => string) => [
    name,
    ...columns.map((settings) => (settings ? cell(settings) : '-')),
  ];
  const policies = new Set(columns.flatMap((settings) => settings?.policies.map(({ name }) => name) ?? []));
  return [
    row('desired tasks', ({ desired }) => `${desired}`),
    row('running tasks', ({ running }) => `${running}`),
    row('bounds', ({ min, max }) => (min === undefined ? 'none' : `${min}–${max}`)),
    row('scaling in suspended', ({ suspended }) => yesNo(suspended?.dynamicScalingIn)),
    row('task definition', ({ taskDefinition }) => taskDefinition),
    ...[...policies].map((name) => row(name, (settings) => policyCell(settings, name))),
    ...poolRows(columns).map(([name, cell]) => row(name, cell)),
    ...evictionRows(columns).map(([name, cell]) => row(name, cell)),
  ];
}

/** The sizes of PgBouncer that are not the same all the time, largest of all its processes. */
function poolRows(
  columns: readonly (ServiceSettings | null)[],
): [name: string, cell: (settings: ServiceSettings) => string][] {
  return poolNames.flatMap((name) => {
    const cell = ({ pools }: ServiceSettings) => `${Math.max(...pools.map((sizes) => sizes[name]))}`;
    const values = new Set(columns.flatMap((settings) => (settings ? cell(settings) : [])));
    return values.size > 1 ? [[`PgBouncer ${name}`, cell]] : [];
  });
}

/** The policy of the cache, where it is not the same all the time. */
function evictionRows(
  columns: readonly (ServiceSettings | null)[],
): [name: string, cell: (settings: ServiceSettings) => string][] {
  const policies = new Set(columns.flatMap((settings) => settings?.cache.policy ?? []));
  return policies.size > 1 ? [['maxmemory-policy', ({ cache }) => cache.policy]] : [];
}

function policyCell({ policies }: ServiceSettings, name: string): string {
  const policy = policies.find((one) => one.name === name);
  if (!policy) return 'none';
  return `${targetOf(policy)}, cooldown ${policy.scaleOutCooldown}/${policy.scaleInCooldown} s`;
}
