import type { Statement } from '../../support/packaged.ts';
import type { Role } from './check.ts';

/** A role with one thing of one statement changed. */
export interface Mutant {
  change: string;
  role: Role;
}

/** Every way in which a statement of a role is left out, narrowed or widened by one thing. */
export function mutantsOf(role: Role): Mutant[] {
  return role.statements.flatMap((statement, i) =>
    changesOf(statement).map(([change, ...instead]) => ({
      change: `${role.id}, statement ${i + 1} (${statement.Action.join(', ')}): ${change}`,
      role: { ...role, statements: role.statements.toSpliced(i, 1, ...instead) },
    })),
  );
}

type Change = [change: string, ...instead: Statement[]];

function changesOf(statement: Statement): Change[] {
  const { Action, Resource, Condition } = statement;
  const without = <T>(list: T[], i: number) => list.toSpliced(i, 1);
  return [
    ['is left out'],
    ...Action.map((one, i): Change => [`loses ${one}`, { ...statement, Action: without(Action, i) }]),
    ...Action.map(
      (one, i): Change => [
        `has ${one} misspelt`,
        { ...statement, Action: Action.toSpliced(i, 1, `${one}s`) },
      ],
    ),
    ...Resource.map(
      (_, i): Change => [`loses resource ${i + 1}`, { ...statement, Resource: without(Resource, i) }],
    ),
    ...Resource.map(
      (_, i): Change => [
        `has resource ${i + 1} misspelt`,
        { ...statement, Resource: Resource.toSpliced(i, 1, 'arn:aws:s3:::other') },
      ],
    ),
    ...(Condition === undefined ? [] : conditionChanges(statement)),
  ];
}

const conditionChanges = (statement: Statement): Change[] => [
  ['loses its condition', { ...statement, Condition: undefined }],
  [
    'has a condition that the action does not know',
    { ...statement, Condition: { StringEquals: { 'ec2:Vpc': 'any' } } },
  ],
];
