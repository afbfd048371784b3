/** What a package is deployed to, as far as it makes names longer. */
export interface Target {
  partition: string;
  region: string;
  /** Name of the stack, which CloudFormation puts before the names that it makes. */
  stack: string;
}

type Resources = Readonly<Record<string, { Type: string; Properties?: Record<string, unknown> }>>;

/** Source: AWS CloudFormation quotas. */
const largestTemplate = 1_000_000;
const mostResources = 500;
/** Characters without white space. Source: IAM and STS character limits: all inline policies of a role, and a managed one. */
const largestRole = 10_240;
const largestPolicy = 6_144;

/**
 * What of a template AWS would refuse for its size, each with the number and the limit: here it costs a minute, in a
 * deployment it ends in a roll-back. Names that CloudFormation makes are counted with their full length.
 */
export function overLimits(template: { Resources: Resources }, target: Target): string[] {
  const { Resources: resources } = template;
  const over = (what: string, found: number, limit: number, unit: string) =>
    found > limit
      ? [`${what}: ${found.toLocaleString('en')} ${unit}, AWS allows ${limit.toLocaleString('en')}`]
      : [];
  const policies = Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
    const size = (value: unknown) => sizeOf(value, resources, target);
    if (Type === 'AWS::IAM::ManagedPolicy')
      return over(`the policy ${id}`, size(Properties.PolicyDocument), largestPolicy, 'characters');
    if (Type !== 'AWS::IAM::Role') return [];
    const own = Array.isArray(Properties.Policies) ? Properties.Policies : [];
    const sum = own.reduce((total: number, one) => total + size(Object(one).PolicyDocument), 0);
    return over(`the policies of the role ${id}`, sum, largestRole, 'characters');
  });
  const size = Buffer.byteLength(JSON.stringify(template));
  return [
    ...over('the template', Object.keys(resources).length, mostResources, 'resources'),
    ...over('the template', size, largestTemplate, 'bytes'),
    ...policies,
  ];
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
