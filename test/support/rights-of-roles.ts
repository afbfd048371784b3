import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The rights of the functions' roles, as the files in iam/ give them. */

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const Statement = z.looseObject({
  Action: oneOrMore,
  Condition: z
    .looseObject({
      'ForAllValues:StringLike': z.looseObject({ 'dynamodb:LeadingKeys': z.array(z.string()) }).optional(),
    })
    .optional(),
});
const Role = z.looseObject({
  Properties: z.looseObject({
    Policies: z.array(z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(Statement) }) })),
  }),
});

/** A right of a function; `on` is the beginning of the keys, where it is one to records. */
export interface RoleRight {
  function: string;
  action: string;
  on?: string;
}

/** What a function's role allows, each kind of record by itself. Every function writes logs and traces; none can try that. */
export function rightsOf(name: string): RoleRight[] {
  const file = z
    .looseObject({ Resources: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync(join('iam', `${name}.yml`), 'utf8'), { logLevel: 'silent' }));
  return Object.values(file.Resources)
    .flatMap((resource) => Role.parse(resource).Properties.Policies)
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Condition }) =>
      Action.filter((action) => !action.startsWith('logs:')).flatMap((action) => {
        const kinds = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [undefined];
        return kinds.map((kind) => ({
          function: name,
          action,
          ...(kind === undefined ? {} : { on: kind.replace('*', '') }),
        }));
      }),
    );
}
