import { partitionOf } from '../shared/config/partition.ts';
import type { Config } from '../shared/config/schema.ts';

/** What a package is deployed to, as far as it makes names longer. */
export interface Target {
  partition: string;
  region: string;
  /** Name of the stack, which CloudFormation puts before the names that it makes. */
  stack: string;
}

/** Where the stack of a stage is deployed to. */
export const targetOf = ({ environment, region }: Pick<Config, 'environment' | 'region'>): Target => ({
  partition: partitionOf(region).name,
  region,
  stack: `emergency-scaling-${environment}`,
});

export type Resources = Readonly<
  Record<string, { Type: string; Properties?: Record<string, unknown> | undefined }>
>;

/** Source: AWS CloudFormation quotas. */
const largestTemplate = 1_000_000;
const mostResources = 500;
/** Characters without white space. Source: IAM and STS character limits: all inline policies of a role, and a managed one. */
export const largestRole = 10_240;
const largestPolicy = 6_144;

/** Characters of an event pattern. Source: EventBridge quotas. */
const largestPattern = 2_048;
/** Source: CloudWatch quotas, dashboards. */
const mostWidgets = 500;
const mostMetrics = 2_500;
/** Characters. Source: CloudFormation template anatomy; IAM, CloudWatch and EventBridge APIs. */
const longestId = 255;
const longestNames: Readonly<Record<string, number>> = {
  RoleName: 64,
  AlarmName: 255,
  DashboardName: 255,
  AlarmDescription: 1_024,
};

/**
 * What of a template AWS would refuse for its size, each with the number and the limit: here it costs a minute, in a
 * deployment it ends in a roll-back. Names that CloudFormation makes are counted with their full length.
 */
export function overLimits(template: { Resources: Resources }, target: Target): string[] {
  const { Resources: resources } = template;
  const size = Buffer.byteLength(JSON.stringify(template));
  return [
    ...over('the template', Object.keys(resources).length, mostResources, 'resources'),
    ...over('the template', size, largestTemplate, 'bytes'),
    ...Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => [
      ...over(`the logical id ${id}`, id.length, longestId, 'characters'),
      ...namesOver(id, Properties, resources, target),
      ...sizesOver(id, Type, Properties, resources, target),
    ]),
  ];
}

const over = (what: string, found: number, limit: number, unit: string): string[] =>
  found > limit
    ? [`${what}: ${found.toLocaleString('en')} ${unit}, AWS allows ${limit.toLocaleString('en')}`]
    : [];

function namesOver(
  id: string,
  properties: Record<string, unknown>,
  resources: Resources,
  target: Target,
): string[] {
  return Object.entries(longestNames).flatMap(([key, limit]) => {
    const text = filledIn(properties[key], resources, target);
    return typeof text === 'string' ? over(`${key} of ${id}`, text.length, limit, 'characters') : [];
  });
}

function sizesOver(
  id: string,
  type: string,
  properties: Record<string, unknown>,
  resources: Resources,
  target: Target,
): string[] {
  const size = (value: unknown) => sizeOf(value, resources, target);
  switch (type) {
    case 'AWS::IAM::ManagedPolicy':
      return over(`the policy ${id}`, size(properties.PolicyDocument), largestPolicy, 'characters');
    case 'AWS::IAM::Role': {
      const sum = sizeOfRole(properties, resources, target);
      return over(`the policies of the role ${id}`, sum, largestRole, 'characters');
    }
    case 'AWS::Events::Rule':
      return over(`the pattern of ${id}`, size(properties.EventPattern ?? ''), largestPattern, 'characters');
    case 'AWS::CloudWatch::Dashboard': {
      const widgets = widgetsOf(properties.DashboardBody);
      const metrics = widgets.reduce((sum: number, widget) => sum + metricsOf(widget), 0);
      return [
        ...over(`the dashboard ${id}`, widgets.length, mostWidgets, 'widgets'),
        ...over(`the dashboard ${id}`, metrics, mostMetrics, 'metrics'),
      ];
    }
    default:
      return [];
  }
}

/** The widgets of a dashboard's body, which is a text. */
function widgetsOf(body: unknown): unknown[] {
  const text: unknown = Object(body)['Fn::Sub'] ?? body;
  const { widgets }: { widgets?: unknown } = typeof text === 'string' ? Object(JSON.parse(text)) : {};
  return Array.isArray(widgets) ? widgets : [];
}

const metricsOf = (widget: unknown): number => {
  const { metrics }: { metrics?: unknown } = Object(Object(widget).properties);
  return Array.isArray(metrics) ? metrics.length : 0;
};

/** The length of all inline policies of a role. */
export function sizeOfRole(
  { Policies }: Record<string, unknown>,
  resources: Resources,
  target: Target,
): number {
  const own: unknown[] = Array.isArray(Policies) ? Policies : [];
  return own.reduce((total: number, one) => total + sizeOf(Object(one).PolicyDocument, resources, target), 0);
}

/** The length of a policy as IAM counts it, once CloudFormation has filled it in. */
function sizeOf(document: unknown, resources: Resources, target: Target): number {
  return JSON.stringify(filledIn(document, resources, target)).replaceAll(/\s/g, '').length;
}

function filledIn(value: unknown, resources: Resources, target: Target): unknown {
  if (Array.isArray(value)) return value.map((item) => filledIn(item, resources, target));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = Object(value);
  const named = (name: string) => nameOf(name, resources, target);
  if (typeof Ref === 'string') return named(Ref);
  if (Array.isArray(attribute)) return named(String(attribute[0]));
  if (typeof text === 'string')
    return text.replace(/\$\{([\w:]+)(?:\.\w+)?\}/g, (_, name: string) => named(name));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, filledIn(inner, resources, target)]),
  );
}

/** A pseudo parameter, or the ARN of a resource: with its own name, or as long as the one that CloudFormation makes. */
function nameOf(id: string, resources: Resources, { partition, region, stack }: Target): string {
  const account = '123456789012';
  const pseudo: Record<string, string> = {
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::StackName': stack,
  };
  const { Type = '', Properties = {} } = resources[id] ?? {};
  const [, service = '', kind = ''] = Type.split('::');
  const own = Object.entries(Properties).find(([key, name]) => /Name$/.test(key) && typeof name === 'string');
  const name = own?.[1] ?? `${stack}-${id}-${'X'.repeat(13)}`;
  return pseudo[id] ?? `arn:${partition}:${service}:${region}:${account}:${kind}:${String(name)}`;
}
