import type { Packaged } from '../../support/packaged.ts';

/** A package with one value changed. */
export interface Mutant {
  change: string;
  packaged: Packaged;
}

/** What decides over who reaches what, by type: paths of properties, `*` for each entry of a list or an object. */
const mutated: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Route': ['RouteKey', 'Target'],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName', 'AlarmRule'],
  'AWS::Events::Rule': [
    'ScheduleExpression',
    'EventPattern.source',
    'EventPattern.detail-type',
    'EventPattern.detail.status',
    'EventPattern.detail.status.*',
    'EventPattern.detail.stateMachineArn',
    'EventPattern.detail.stateMachineArn.*',
    'EventPattern.detail.state',
    'Targets.*.RoleArn',
  ],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument.Statement.*.*'],
  'AWS::KMS::Key': ['KeyPolicy.Statement.*.*'],
  'AWS::Lambda::Function': ['Role', 'Environment.Variables.*', 'Timeout', 'MemorySize'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument.Statement.*.*'],
  'AWS::SQS::QueuePolicy': ['PolicyDocument.Statement.*.*'],
  'AWS::StepFunctions::StateMachine': ['RoleArn'],
};

/** Of the alarms on the product everything counts but what they say. */
const ofOwnAlarms = [
  'Namespace',
  'MetricName',
  'Dimensions',
  'Statistic',
  'Period',
  'EvaluationPeriods',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
];

/** Every one of these values left out, changed, or exchanged for a reference to what is not there. */
export function mutantsOf(packaged: Packaged): Mutant[] {
  const own = `emergency-scaling-${packaged.stage}-`;
  return Object.entries(packaged.resources).flatMap(([id, { Type, Properties = {} }]) => {
    const isOwn = Type === 'AWS::CloudWatch::Alarm' && String(Properties.AlarmName).startsWith(own);
    const paths = (isOwn ? ofOwnAlarms : (mutated[Type] ?? [])).flatMap((path) =>
      expanded(Properties, path.split('.')),
    );
    const whole = isOwn ? [{ change: `${id} is left out`, packaged: without(packaged, id) }] : [];
    return [...whole, ...paths.flatMap((path) => changesAt(packaged, id, path))];
  });
}

const without = (packaged: Packaged, id: string): Packaged => {
  const { [id]: _, ...resources } = packaged.resources;
  return { ...packaged, resources };
};

/** The paths that there are, each `*` filled in. */
function expanded(value: unknown, [first, ...rest]: string[]): string[][] {
  if (first === undefined) return [[]];
  const keys = first === '*' ? Object.keys(Object(value)) : first in Object(value) ? [first] : [];
  return keys
    .filter((key) => !(key === 'POWERTOOLS_SERVICE_NAME'))
    .flatMap((key) => expanded(Object(value)[key], rest).map((path) => [key, ...path]));
}

function changesAt(packaged: Packaged, id: string, path: string[]): Mutant[] {
  const where = `${id} ${path.join('.')}`;
  const withValue = (change: string, value: unknown): Mutant => {
    const changed = structuredClone(packaged.resources[id]);
    set(Object(changed?.Properties), path, value);
    const resources = { ...packaged.resources, ...(changed ? { [id]: changed } : {}) };
    return { change: `${where} ${change}`, packaged: { ...packaged, resources } };
  };
  // Which variables a function needs, its bundle says: a test of its own compares them.
  const leftOut = path[0] === 'Environment' ? [] : [withValue('is left out', undefined)];
  return [
    ...leftOut,
    withValue('refers to what is not there', { Ref: 'Nothing' }),
    withValue('is another', typeof at(packaged, id, path) === 'number' ? 1.5 : 'another'),
  ];
}

const at = (packaged: Packaged, id: string, path: string[]): unknown =>
  path.reduce<unknown>((value, key) => Object(value)[key], packaged.resources[id]?.Properties);

/** Sets a value in a copy; undefined takes the key out, or the entry out of a list. */
function set(properties: object, path: string[], value: unknown): void {
  const last = path.at(-1) ?? '';
  const holder = Object(path.slice(0, -1).reduce<unknown>((inner, key) => Object(inner)[key], properties));
  if (value !== undefined) holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
}
