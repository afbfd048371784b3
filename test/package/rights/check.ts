import { functionNames } from '../../../resources/names.ts';
import { grants, type Packaged, type Statement } from '../../support/packaged.ts';
import { machines } from '../machines.ts';
import { type Asked, asksOfFunction, asksOfMachine, asksOfRule } from './asks.ts';
import { allows, type Right, right } from './policy.ts';
import { unknownIn } from './reference.ts';

/** A role of the package: what it allows, and what it is asked for. */
export interface Role {
  id: string;
  statements: Statement[];
  asked: Asked[];
}

const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Every role of a package with everything that it is asked for. */
export async function rolesOf(packaged: Packaged): Promise<Role[]> {
  const functions = functionNames().map(async (name) => ({
    id: `${pascal(name)}Role`,
    asked: await asksOfFunction(packaged, name),
  }));
  const ofMachines = machines.map(async ([name, id]) => ({
    id: `${id}StatesRole`,
    asked: await asksOfMachine(packaged, name),
  }));
  const roles = await Promise.all([...functions, ...ofMachines]);
  const all = grants(packaged);
  return [
    ...roles,
    { id: 'AlarmRuleRole', asked: asksOfRule(packaged, 'EmergencyScaling') },
    { id: 'PreflightRuleRole', asked: asksOfRule(packaged, 'Preflight') },
  ].map((role) => ({
    ...role,
    // What is kept for runs of the release before has no call of this one: test/package/leaving.ts looks after it.
    statements: all.flatMap(({ role: id, statement }) =>
      id === role.id && statement.Sid !== 'Leaving' ? [statement] : [],
    ),
  }));
}

/** What is wrong with a role: refused calls, rights without a call, rights that reach further than the call. */
export async function faultsOf(packaged: Packaged, { statements, asked }: Role): Promise<string[]> {
  const rights = statements.map((statement) => right(packaged, statement));
  const unknown = (await Promise.all(rights.map(unknownIn))).flat();
  const refused = asked
    .filter((ask) => !allows(rights, ask))
    .map(({ action, resource }) => `refused: ${action} on ${resource}`);
  const beyond = asked
    .flatMap(foreign)
    .filter((ask) => allows(rights, ask) && !asked.some((one) => same(one, ask)));
  return [
    ...unknown,
    ...refused,
    ...rights.flatMap((one) => unused(one, asked)),
    ...beyond.map(
      ({ action, resource, context }) => `reaches ${action} on ${resource} ${JSON.stringify(context)}`,
    ),
  ];
}

/** Actions and resources of a right that nothing asks for. */
function unused({ actions, resources, conditions }: Right, asked: readonly Asked[]): string[] {
  return actions.flatMap((action) =>
    resources
      .filter(
        (resource) =>
          !asked.some((ask) => allows([{ actions: [action], resources: [resource], conditions }], ask)),
      )
      .map((resource) => `nothing asks for ${action} on ${resource}`),
  );
}

/** The same call about something that is not ours: each must be refused. */
function foreign(ask: Asked): Asked[] {
  const { resource, context, open } = ask;
  // What is open has its own name before the part that nobody knows: `service-deployment/CLUSTER/SERVICE/any`.
  const elsewhere = open ? resource.replace(/(:log-stream)?[:/]\w+$/, (end) => `x${end}`) : `${resource}x`;
  return [
    ...(resource === '*' ? [] : [{ ...ask, resource: elsewhere }]),
    ...(resource === '*' ? [] : [{ ...ask, resource: resource.replace(/:\d{12}:/, ':999999999999:') }]),
    ...Object.keys(context).map((key) => ({ ...ask, context: { ...context, [key]: 'foreign' } })),
  ];
}

const same = (one: Asked, other: Asked) =>
  one.action === other.action &&
  one.resource === other.resource &&
  JSON.stringify(one.context) === JSON.stringify(other.context);
