import { expect, it } from '@jest/globals';
import { read, section, tableRows } from '../support/markdown.ts';
import { grants, ofType, type Packaged, statements } from '../support/packaged.ts';
import { functions, lambda } from './functions.ts';
import { machines } from './machines.ts';

const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

const actions = (packaged: Packaged, role: string) =>
  statements(packaged, role)
    .flatMap(({ Action }) => Action)
    .filter((action) => !action.startsWith('logs:'));

/** What the roles of a package may do: each exactly what its code does. */
export function itPackagesRoles(of: () => Packaged): void {
  it('gives every function a role of its own, and makes no shared one', () => {
    for (const name of functions)
      expect([name, lambda(of(), name)?.Role]).toEqual([
        name,
        { 'Fn::GetAtt': [`${pascal(name)}Role`, 'Arn'] },
      ]);
    const roles = ofType(of(), 'AWS::IAM::Role').map(([id]) => id);
    const expected = [
      ...functions.map((name) => `${pascal(name)}Role`),
      ...machines.map(([, id]) => `${id}StatesRole`),
      'AlarmRuleRole',
      'PreflightRuleRole',
    ];
    expect(roles.sort()).toEqual(expected.sort());
  });

  it.each(['assess', 'check-redis', 'intake', 'plan', 'read-autoscaling', 'read-pools', 'wait-verify'])(
    'allows %s to read only',
    (name) => {
      expect(
        actions(of(), `${pascal(name)}Role`).filter((action) => !/:(Describe|Get|List)/.test(action)),
      ).toEqual([]);
    },
  );

  it('lets nobody but approval answer a task token, and hides the tokens from all others but request-approval', () => {
    const mayAnswer = functions.filter((name) =>
      actions(of(), `${pascal(name)}Role`).some((action) => action.startsWith('states:SendTask')),
    );
    expect(mayAnswer).toEqual(['approval']);
    const maySee = functions.filter((name) =>
      statements(of(), `${pascal(name)}Role`).some(
        ({ Action, Condition }) =>
          Action.some((action) => action.startsWith('dynamodb:')) &&
          (!Condition || JSON.stringify(Condition).includes('approval-token')),
      ),
    );
    expect(maySee).toEqual(['approval', 'request-approval']);
  });

  it('allows on every resource only what docs/permissions.md gives a reason for', () => {
    const onAny = grants(of())
      .filter(({ statement }) => statement.Resource.includes('*'))
      .flatMap(({ statement }) => statement.Action);
    const explained = tableRows(section(read('docs/permissions.md'), '## Resource `*`'))
      .filter(([, reason = '']) => reason !== '')
      .flatMap(([names = '']) => [...names.matchAll(/`([\w:-]+)`/g)].map(([, action = '']) => action));
    expect([...new Set(onAny)].sort()).toEqual(explained.sort());
  });

  it('names no action by a pattern', () => {
    const patterns = grants(of()).flatMap(({ statement }) =>
      statement.Action.filter((one) => one.includes('*')),
    );
    expect(patterns).toEqual([]);
  });
}

/** Every right that the package gives, a line each: what changes here is a change for whoever signs the package. */
export function rights(packaged: Packaged): string[] {
  return grants(packaged)
    .flatMap(({ role, statement: { Action, Resource, Condition } }) =>
      Action.flatMap((action) =>
        Resource.map((resource) => {
          const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
          const on = typeof resource === 'string' ? resource : JSON.stringify(resource);
          return `${role}: ${action} on ${on}${condition}`;
        }),
      ),
    )
    .sort();
}
