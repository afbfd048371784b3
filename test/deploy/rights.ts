import { z } from 'zod';
import { query, textIn } from './query.ts';

/** What a role was asked for in the emulator, and what its policies say: `Allow`, `Deny` or `ImplicitDeny`. */
export interface Asked {
  role: string;
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
  decision: string;
}

const mark = 'RIGHTS ';

/** Every question of the log so far, as rights.py writes them. */
export const rightsAsked = (log: string): Asked[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith(mark))
    .map((line) => JSON.parse(line.slice(mark.length)));

/** What was refused, each once. */
export const refusals = (asked: readonly Asked[]): string[] => [
  ...new Set(
    asked
      .filter(({ decision }) => decision !== 'Allow')
      .map(({ role, action, resource, decision }) => `${role}: ${action} on ${resource}: ${decision}`),
  ),
];

const Document = z.looseObject({
  Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) })),
});
const iam = { Version: '2010-05-08' };

/** Takes the statements with an action from the policies of a role. Gives back how to undo it. */
export async function withoutAction(
  url: string,
  RoleName: string,
  action: string,
): Promise<() => Promise<void>> {
  const names = await query(url, 'iam', { ...iam, Action: 'ListRolePolicies', RoleName });
  const PolicyName = textIn(names, 'member') ?? '';
  const policy = { ...iam, RoleName, PolicyName };
  const answer = await query(url, 'iam', { ...policy, Action: 'GetRolePolicy' });
  const PolicyDocument = decodeURIComponent(textIn(answer, 'PolicyDocument') ?? '');
  const put = async (text: string) => {
    await query(url, 'iam', { ...policy, Action: 'PutRolePolicy', PolicyDocument: text });
  };
  const { Statement, ...rest } = Document.parse(JSON.parse(PolicyDocument));
  const left = Statement.filter(({ Action }) => ![Action].flat().includes(action));
  await put(JSON.stringify({ ...rest, Statement: left }));
  return () => put(PolicyDocument);
}
