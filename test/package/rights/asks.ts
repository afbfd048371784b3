import * as z from 'zod';
import { named, sourceDefinition } from '../../support/definitions.ts';
import { ofType, type Packaged } from '../../support/packaged.ts';
import { type Call, calls } from './calls.ts';
import { type Ask, arnOf } from './policy.ts';
import { arnOfType, requiredTypes } from './reference.ts';
import { commandsOf } from './remembered.ts';
import { type Caller, config, type Target } from './targets.ts';

/** What a role is asked for, and whether the resource has a part that nobody can know before. */
export interface Asked extends Ask {
  open: boolean;
}

/** Commands of the SDK's own credential and endpoint look-ups, which a Lambda function never sends. */
const ofTheSdk =
  /^(AssumeRole|AssumeRoleWithWebIdentity|CreateToken|CreateOAuth2Token|CreateOAuth2TokenWithIAM|GetRoleCredentials|DescribeEndpoints)$/;

/** A class of iovalkey that is named as the SDK names a call. */
const ofTheCacheClient = /^CustomScript$/;

/** Everything that a function's role is asked for: by its code, by the services that act for it, by Lambda. */
export async function asksOfFunction(packaged: Packaged, name: string): Promise<Asked[]> {
  const made = commandsOf(packaged.folder, name)
    .filter((command) => !ofTheSdk.test(command) && !ofTheCacheClient.test(command))
    .map((command) => {
      const call = calls.get(command);
      if (!call)
        throw new Error(`${name} calls ${command}, which test/package/rights/calls.ts does not know`);
      return call;
    });
  const all = made.flatMap((call) => [call, ...(call.implies ?? [])]);
  const asks = await Promise.all([...all, ...ofLambda].map((call) => asksOf(call, { packaged, name })));
  return [...asks.flat(), ...failureAsks(packaged, name)];
}

const traces = (...more: string[]): Call[] =>
  ['PutTraceSegments', 'PutTelemetryRecords', ...more].map((name) => ({
    action: `xray:${name}`,
    on: () => [{ type: '*' }],
  }));

const ofLambda: Call[] = [
  ...traces(),
  ...['CreateLogStream', 'PutLogEvents'].map((name) => ({
    action: `logs:${name}`,
    on: ({ packaged, name }: Caller) => [
      {
        type: 'log-stream',
        names: {
          LogGroupName: `/aws/lambda/emergency-scaling-${packaged.stage}-${name}`,
          LogStreamName: 'any',
        },
        open: true as const,
      },
    ],
  })),
];

/** Where Lambda sends an event that the function could not handle. */
function failureAsks(packaged: Packaged, name: string): Asked[] {
  const Sending = z.object({
    FunctionName: z.object({ Ref: z.string() }),
    DestinationConfig: z.object({
      OnFailure: z.object({ Destination: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }) }),
    }),
  });
  return ofType(packaged, 'AWS::Lambda::EventInvokeConfig').flatMap(([, properties]) => {
    const { FunctionName, DestinationConfig } = Sending.parse(properties);
    const to = DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0];
    return arnOf(packaged, FunctionName.Ref).endsWith(`-${packaged.stage}-${name}`)
      ? [{ action: 'sqs:SendMessage', resource: arnOf(packaged, to), context: {}, open: false }]
      : [];
  });
}

/** Step Functions sets up the delivery of logs, and samples traces, with the machine's role. */
const ofMachines: Call[] = [
  ...traces('GetSamplingRules', 'GetSamplingTargets'),
  ...['Create', 'Get', 'Update', 'Delete'].map((verb) => `${verb}LogDelivery`),
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].map((one) => (typeof one === 'string' ? { action: `logs:${one}`, on: () => [{ type: '*' }] } : one));

/** Everything that a state machine's role is asked for by its definition, and by Step Functions itself. */
export async function asksOfMachine(packaged: Packaged, name: string): Promise<Asked[]> {
  const definition = sourceDefinition(name);
  const functions = named(definition, 'function').map(
    (one): Target => ({
      type: 'function',
      names: { FunctionName: `emergency-scaling-${packaged.stage}-${one}:1` },
      open: true,
    }),
  );
  const own: Call[] = [
    { action: 'lambda:InvokeFunction', on: () => functions },
    ...startedBy(packaged, definition),
  ];
  return (await Promise.all([...own, ...ofMachines].map((call) => asksOf(call, { packaged, name })))).flat();
}

const Starting = z.object({
  Resource: z.templateLiteral([
    'arn:',
    z.string(),
    ':states:::states:startExecution',
    z.enum(['', '.sync:2']),
  ]),
  Parameters: z.object({ StateMachineArn: z.templateLiteral(['machine ', z.string()]) }),
});

/** Source: Step Functions guide, Call AWS Step Functions: a machine that waits for another also polls and stops it. */
function startedBy(packaged: Packaged, definition: unknown): Call[] {
  return statesIn(definition).flatMap((state): Call[] => {
    const { Resource, Parameters } = Starting.parse(state);
    const id = Parameters.StateMachineArn.slice('machine '.length);
    const StateMachineName = String(packaged.resources[id]?.Properties?.StateMachineName);
    const start: Call = {
      action: 'states:StartExecution',
      on: () => [{ type: 'statemachine', names: { StateMachineName } }],
    };
    if (!Resource.endsWith('.sync:2')) return [start];
    const execution: Target = {
      type: 'execution',
      names: { StateMachineName, ExecutionId: 'any' },
      open: true,
    };
    const rule: Target = {
      type: 'rule-on-default-event-bus',
      names: { RuleName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule' },
    };
    return [
      start,
      { action: 'states:DescribeExecution', on: () => [execution], without: { express: 'it is Standard' } },
      { action: 'states:StopExecution', on: () => [execution] },
      ...['PutTargets', 'PutRule', 'DescribeRule'].map((each) => ({
        action: `events:${each}`,
        on: () => [rule],
      })),
    ];
  });
}

/** Every state, however deep, that starts a state machine. */
function statesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Starting.safeParse(value).success) return [value];
  return Object.values(value).flatMap(statesIn);
}

/**
 * What IAM is asked for one call: each resource that it names.
 * @throws Error when the call names no resource of a type that the reference requires.
 */
async function asksOf({ action, on, without = {} }: Call, caller: Caller): Promise<Asked[]> {
  const targets = on(caller);
  const types = new Set(targets.map(({ type }) => type));
  const missing = (await requiredTypes(action)).filter((type) => !types.has(type) && !(type in without));
  if (targets.length > 0 && missing.length > 0)
    throw new Error(`${caller.name}: ${action} is also asked for a resource of type ${missing.join(', ')}`);
  const [service = ''] = action.split(':');
  return Promise.all(
    targets.map(async ({ type, names = {}, context = {}, open = false }) => ({
      action,
      resource: type === '*' ? '*' : await arnOfType(service, type, names, config(caller).region),
      context,
      open,
    })),
  );
}

export const asksOfRule = (packaged: Packaged, machine: string): Asked[] => [
  {
    action: 'states:StartExecution',
    resource: arnOf(packaged, machine),
    context: {},
    open: false,
  },
];
