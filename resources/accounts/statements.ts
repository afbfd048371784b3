import * as z from 'zod';
import { pascal } from '../names.ts';
import type { Resource } from '../service-alarms.ts';
import { filledIn, iamFile } from './iam-file.ts';

const Statement = z.object({
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});
export type Statement = z.infer<typeof Statement>;

const RoleFile = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Metadata: z.record(z.string(), z.unknown()).optional(),
      Properties: z.object({
        Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) })),
      }),
    }),
  ),
});

/** Calls that go to the account of a service; all others to the stage's own. */
const ofTheService = /^(ecs|application-autoscaling|cloudwatch|iam):/;

/** Logical id of a function's role. */
export const roleId = (functionName: string): string => `${pascal(functionName)}Role`;

/**
 * What a function may do with the services of an account, as its role in `iam/` says of the stage's own: there it has these
 * rights, and no others.
 * @param described the ARNs of the account's services, by the names that `iam/` gives them
 */
export function statementsThere(
  functionName: string,
  described: Readonly<Record<string, unknown>>,
): Statement[] {
  const { Resources } = RoleFile.parse(iamFile(functionName));
  const all = Resources[roleId(functionName)]?.Properties.Policies ?? [];
  return all
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map((statement) => Statement.parse(statement))
    .filter(({ Action }) => Action.every((action) => ofTheService.test(action)))
    .map((statement) => Statement.parse(filledIn(statement, described)))
    .filter(isAboutSomething);
}

/** What a function's role in `iam/` says to the tools that check templates: it holds for the same statements elsewhere. */
export const metadataOf = (functionName: string): Pick<Resource, 'Metadata'> => {
  const { Metadata } = RoleFile.parse(iamFile(functionName)).Resources[roleId(functionName)] ?? {};
  return Metadata ? { Metadata } : {};
};

/** IAM refuses a statement about nothing: a list of services of which an account has none. */
export const isAboutSomething = ({
  Resource,
  Condition,
}: Pick<Statement, 'Resource' | 'Condition'>): boolean => !hasEmptyList(Resource) && !hasEmptyList(Condition);

function hasEmptyList(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasEmptyList);
}
