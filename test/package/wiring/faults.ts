import { readFileSync } from 'node:fs';
import { ofType, type Packaged } from '../../support/packaged.ts';
import { differs } from './differs.ts';
import { alarms, rules } from './events.ts';
import { policies, routes, trusts } from './expected.ts';
import { partFaults } from './part-faults.ts';

/** Everything that is wired wrong in a package: what refers to what, who may take what, what reaches whom. */
export function faultsOf(packaged: Packaged): string[] {
  return [
    ...dangling(packaged),
    ...partFaults(packaged),
    ...trustOf(packaged),
    ...Object.entries(policies).flatMap(([id, expected]) => {
      const { PolicyDocument, KeyPolicy } = Object(packaged.resources[id]?.Properties);
      return differs(`policy of ${id}`, Object(PolicyDocument ?? KeyPolicy).Statement, expected);
    }),
    ...doors(packaged),
    ...rules(packaged),
    ...alarms(packaged),
  ];
}

/** References to what is not in the template, which CloudFormation refuses. */
function dangling({ resources }: Packaged): string[] {
  return Object.entries(resources).flatMap(([id, resource]) =>
    referencesIn(resource.Properties)
      .filter((name) => !(name in resources) && !name.startsWith('AWS::'))
      .map((name) => `${id} refers to ${name}`),
  );
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = Object(value);
  const [text, own = {}] = typeof sub === 'string' ? [sub] : Array.isArray(sub) ? sub : [];
  const substituted = [...String(text ?? '').matchAll(/\$\{([\w:]+)(?:\.\w+)?\}/g)].map(
    ([, name = '']) => name,
  );
  return [
    ...(typeof Ref === 'string' ? [Ref] : []),
    ...(Array.isArray(attribute) ? [String(attribute[0])] : []),
    ...substituted.filter((name) => !(name in own)),
    ...Object.values(value).flatMap(referencesIn),
  ];
}

/** Each role is trusted by the service that uses it, and by no other. */
function trustOf(packaged: Packaged): string[] {
  const roleOf = (value: unknown) => String(Object(value)['Fn::GetAtt']?.[0]);
  const users = [
    ...ofType(packaged, 'AWS::Lambda::Function').map(
      ([id, { Role }]) => [id, 'lambda', roleOf(Role)] as const,
    ),
    ...ofType(packaged, 'AWS::StepFunctions::StateMachine').map(
      ([id, { RoleArn }]) => [id, 'states', roleOf(RoleArn)] as const,
    ),
    ...ofType(packaged, 'AWS::Events::Rule').flatMap(([id, { Targets }]) =>
      [Targets]
        .flat()
        .flatMap((target) =>
          Object(target).RoleArn ? [[id, 'events', roleOf(Object(target).RoleArn)] as const] : [],
        ),
    ),
  ];
  const unused = ofType(packaged, 'AWS::IAM::Role').filter(
    ([id]) => !users.some(([, , role]) => role === id),
  );
  return [
    ...users.flatMap(([id, service, role]) =>
      differs(
        `${role} of ${id}`,
        packaged.resources[role]?.Properties?.AssumeRolePolicyDocument,
        trusts(packaged.stage)[service],
      ),
    ),
    ...ofType(packaged, 'AWS::StepFunctions::StateMachine').flatMap(([id, { RoleArn }]) =>
      differs(`role of ${id}`, roleOf(RoleArn), `${id}StatesRole`),
    ),
    ...unused.map(([id]) => `nobody takes ${id}`),
  ];
}

/** The paths, and what answers there. */
function doors(packaged: Packaged): string[] {
  const found = ofType(packaged, 'AWS::ApiGatewayV2::Route').map(([, { RouteKey, Target }]) => [
    String(RouteKey),
    Object(Target)['Fn::Join']?.[1]?.[1]?.Ref,
  ]);
  const mailed = readFileSync('shared/approval/invite.ts', 'utf8').match(
    /approvalBaseUrl\}(\/[\w/]+)\/\$\{handle\}/,
  );
  return [
    ...differs('routes', Object.fromEntries(found), routes),
    ...(`ANY ${mailed?.[1]}/{handle}` in routes ? [] : [`no route takes the mailed path ${mailed?.[1]}`]),
  ];
}
