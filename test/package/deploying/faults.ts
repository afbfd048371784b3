import type { Packaged } from '../../support/packaged.ts';
import { type Ask, account, allows, type Right } from '../rights/policy.ts';
import { deployingAsks } from './asks.ts';
import type { DeployingStack, DeployingStatement } from './stack.ts';

/** What is wrong with the deploying role: refused calls, rights without a call, rights that reach further than it. */
export function deployingFaults(packaged: Packaged, { rights }: DeployingStack): string[] {
  const { region } = packaged.config;
  const allowing = rights.filter(({ Effect }) => Effect === 'Allow').map((one) => rightOf(one, region));
  const denying = rights.filter(({ Effect }) => Effect === 'Deny').map((one) => rightOf(one, region));
  const asks = deployingAsks(packaged);
  const allowed = (ask: Ask) => allows(allowing, ask) && !allows(denying, ask);
  return [
    ...asks.filter((ask) => !allowed(ask)).map((ask) => `refused: ${keyOf(ask)}`),
    ...allowing.flatMap((one) => unused(one, asks)),
    ...asks
      .flatMap(foreign)
      .filter((ask) => allowed(ask) && !isKnown(asks, ask))
      .map((ask) => `reaches ${keyOf(ask)}`),
    ...own(region)
      .filter((ask) => !allows(denying, ask))
      .map((ask) => `does not deny ${keyOf(ask)}`),
  ];
}

const keyOf = ({ action, resource, context }: Ask) => `${action} on ${resource} ${JSON.stringify(context)}`;

/** A statement as IAM would read it: `!Ref` and `!Sub` are filled in with what the stack's defaults say. */
function rightOf({ Action, Resource, Condition }: DeployingStatement, region: string): Right {
  const values: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': account,
    Roles: 'emergency-scaling-*',
  };
  const filledIn = (text: string) =>
    text === 'AWS::StackId'
      ? `arn:aws:cloudformation:${region}:${account}:stack/deploying/id`
      : text.replace(/\$\{([\w:]+)\}/g, (whole, name: string) => values[name] ?? whole);
  return {
    actions: Action,
    resources: Resource.map(filledIn),
    conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => ({
        operator,
        key,
        values: [value].flat().map((one) => filledIn(String(one))),
      })),
    ),
  };
}

/** Actions and patterns that no call is behind. Not each action of a statement needs each of its patterns. */
function unused({ actions, resources, conditions }: Right, asks: readonly Ask[]): string[] {
  const needed = (some: Pick<Right, 'actions' | 'resources'>) =>
    asks.some((ask) => allows([{ ...some, conditions }], ask));
  return [
    ...actions.filter((action) => !needed({ actions: [action], resources })),
    ...resources.filter((resource) => !needed({ actions, resources: [resource] })),
  ].map((one) => `nothing asks for ${one} (${actions[0]} …)`);
}

/** Whether a call is asked for in the same way, or without what this one says besides. */
const isKnown = (asks: readonly Ask[], { action, resource, context }: Ask): boolean =>
  asks.some(
    (one) =>
      one.action === action &&
      one.resource === resource &&
      Object.entries(one.context).every(([key, value]) => context[key] === value),
  );

/** The same call by hand, for somebody else, in another account, or about what has another name. */
function foreign(ask: Ask): Ask[] {
  const { resource, context } = ask;
  const others = [
    resource.replace('emergency-scaling', 'other'),
    resource.replace(/:alarm:.*/, ':alarm:other'),
    resource.replace(`:${account}:`, ':999999999999:'),
    resource.replace(/^arn:aws:\w+:/, 'arn:aws:other:'),
    // Keys, APIs, stacks and objects have names that nobody knows before.
    ...(/:key\/|apigateway|:stack\/|s3:::.*\/|^\*/.test(resource)
      ? []
      : [resource.replace(/[^:/]*$/, 'other')]),
  ].filter((one) => one !== resource);
  return [
    ...others.map((other) => ({ ...ask, resource: other })),
    ...Object.keys(context).flatMap((key) => {
      const { [key]: _, ...without } = context;
      return [
        { ...ask, context: without },
        { ...ask, context: { ...context, [key]: 'foreign' } },
      ];
    }),
  ];
}

/** What is denied whatever is allowed: the role itself, its policies, the boundary, its stack; and writing the switch. */
function own(region: string): Ask[] {
  const iam = (rest: string) => `arn:aws:iam::${account}:${rest}-${region}`;
  const itself = [
    iam('role/deploying-emergency-scaling'),
    iam('policy/deploying-emergency-scaling-rights'),
    iam('policy/boundary-of-emergency-scaling'),
  ];
  const stack = `arn:aws:cloudformation:${region}:${account}:stack/deploying/id`;
  const parameter = `arn:aws:ssm:${region}:${account}:parameter/emergency-scaling/production/switch`;
  return [
    ...itself.flatMap((resource) =>
      ['iam:PutRolePolicy', 'iam:CreatePolicyVersion', 'iam:DeleteRole'].map((action) => ({
        action,
        resource,
        context: {},
      })),
    ),
    { action: 'cloudformation:UpdateStack', resource: stack, context: {} },
    { action: 'ssm:PutParameter', resource: parameter, context: { 'ssm:Overwrite': 'true' } },
  ];
}
