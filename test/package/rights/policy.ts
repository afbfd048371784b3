import * as z from 'zod';
import type { Packaged, Statement } from '../../support/packaged.ts';

/** What IAM is asked: one action on one resource, with the values of the condition keys that it is to be bound by. */
export interface Ask {
  action: string;
  resource: string;
  context: Record<string, string>;
}

/** A statement with its references resolved, as IAM would read it. */
export interface Right {
  actions: string[];
  resources: string[];
  conditions: { operator: string; key: string; values: string[] }[];
}

export const account = '111122223333';
const Conditions = z.record(z.string(), z.record(z.string(), z.unknown()));

/** A statement of the package as IAM would read it. */
export function right(packaged: Packaged, { Action, Resource, Condition }: Statement): Right {
  const conditions = Object.entries(Conditions.parse(Condition ?? {}));
  return {
    actions: Action,
    resources: Resource.map((resource) => resolved(packaged, resource)),
    conditions: conditions.flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => ({
        operator,
        key,
        values: [value].flat().map((one) => resolved(packaged, one)),
      })),
    ),
  };
}

/** Whether one of the rights allows what is asked. */
export const allows = (rights: readonly Right[], ask: Ask): boolean =>
  rights.some((one) => covers(one, ask) && one.conditions.every((condition) => holds(condition, ask)));

/** Whether a right names the action and the resource, whatever its conditions. */
const covers = ({ actions, resources }: Right, { action, resource }: Ask): boolean =>
  actions.some((pattern) => pattern === action || (pattern.endsWith('*') && matches(pattern, action))) &&
  resources.some((pattern) => matches(pattern, resource));

/** IAM's wildcards. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(value);
}

const like = ['StringLike', 'ArnLike', 'ArnEquals', 'ForAllValues:StringLike'];
const equal = ['StringEquals', 'ForAllValues:StringEquals', 'ForAnyValue:StringEquals'];

function holds({ operator, key, values }: Right['conditions'][number], { context }: Ask): boolean {
  const asked = context[key];
  if (![...like, ...equal].includes(operator)) throw new Error(`this test does not know ${operator}`);
  if (asked === undefined) return operator.startsWith('ForAllValues:');
  return values.some((value) => (like.includes(operator) ? matches(value, asked) : value === asked));
}

/** The identifier that CloudFormation would return for a resource: what its ARN is, by its type. */
const arns: Record<
  string,
  [service: string, id: (properties: Record<string, unknown>, id: string) => string]
> = {
  'AWS::DynamoDB::Table': ['dynamodb', (_, id) => `table/${id}`],
  'AWS::KMS::Key': ['kms', (_, id) => `key/${id}`],
  'AWS::Lambda::Function': ['lambda', ({ FunctionName }) => `function:${FunctionName}`],
  'AWS::SNS::Topic': ['sns', ({ TopicName }) => `${TopicName}`],
  'AWS::SQS::Queue': ['sqs', ({ QueueName }) => `${QueueName}`],
  'AWS::StepFunctions::StateMachine': [
    'states',
    ({ StateMachineName }) => `stateMachine:${StateMachineName}`,
  ],
};

/** The ARN of a resource of the package. */
export function arnOf(packaged: Packaged, id: string): string {
  const { Type = '', Properties = {} } = packaged.resources[id] ?? {};
  const [service, rest] = arns[Type] ?? [];
  if (!rest) throw new Error(`${id} (${Type}) has no ARN that this test knows`);
  return `arn:aws:${service}:${packaged.config.region}:${account}:${rest(Properties, id)}`;
}

const Value = z.union([
  z.string().transform((text) => ({ text })),
  z.object({ Ref: z.string() }),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  z.object({ 'Fn::Sub': z.string() }),
]);

/** A value of the template as CloudFormation would fill it in. */
function resolved(packaged: Packaged, value: unknown): string {
  const parsed = Value.parse(value);
  if ('text' in parsed) return parsed.text;
  if ('Ref' in parsed) return reference(packaged, parsed.Ref);
  if ('Fn::GetAtt' in parsed) return arnOf(packaged, parsed['Fn::GetAtt'][0]);
  return parsed['Fn::Sub'].replace(/\$\{([\w:]+)(\.Arn)?\}/g, (_, id: string, arn?: string) =>
    arn ? arnOf(packaged, id) : reference(packaged, id),
  );
}

function reference(packaged: Packaged, id: string): string {
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': packaged.config.region,
    'AWS::AccountId': account,
    'AWS::StackName': `emergency-scaling-${packaged.stage}`,
  };
  const { Type, Properties } = packaged.resources[id] ?? {};
  if (Type === 'AWS::SSM::Parameter') return String(Properties?.Name);
  return pseudo[id] ?? arnOf(packaged, id);
}
