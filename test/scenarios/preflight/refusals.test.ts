import { describe, expect, it, jest } from '@jest/globals';
import { functionNames } from '../../../resources/names.ts';
import type { DeniedCall } from '../../../sandbox/circumstances/denied.ts';
import type { PreflightRow } from '../../../shared/document/preflight.ts';
import { rightsOf } from '../../support/rights-of-roles.ts';
import { everything, rehearse } from './support.ts';

jest.setTimeout(240_000);

/** Each right that a function's role has is taken away once: the table names exactly that right. */

/** Rights that nothing harmless proves, with the row that says so. */
const unprovable: readonly string[] = [
  'cloudwatch:DeleteAlarms',
  'iam:CreateServiceLinkedRole',
  'iam:PassRole',
  'sqs:SendMessage',
];

const all = functionNames().map(rightsOf);
const most = Math.max(...all.map((rights) => rights.length));
const named = ({ action, on = '' }: DeniedCall) => `${action} ${on}`.trim();
const missing = (rows: readonly PreflightRow[], by: string) =>
  rows
    .filter((row) => row.by === by && row.result === 'missing')
    .map(({ right, resource = '' }) => `${right} ${resource.replace(/preflight$/, '')}`.trim());
/** AWS names what a record or a parameter is; other refusals of the sandbox name nothing. */
const asAsked = (denied: DeniedCall, said: readonly string[]) =>
  new Set(said.map((one) => (denied.on ? one : (one.split(' ')[0] ?? ''))));

describe('a right that a role lacks', () => {
  it('is tried, or the table says why it is not', async () => {
    const { rows } = await rehearse({ input: everything });
    const silent = all.flat().filter(({ action, function: by }) => {
      const own = rows.filter((row) => row.by === by);
      return unprovable.includes(action) && !own.some((row) => row.check === action && row.why);
    });
    expect(silent).toEqual([]);
    expect(all.flat().length).toBeGreaterThan(150);
  });

  // One right of every function at a time: each function has its own rows.
  it.each(Array.from({ length: most }, (_, index) => index))(
    'no. %i of every function is named',
    async (index) => {
      const denied = all.flatMap((rights) => rights[index] ?? []);
      const { rows } = await rehearse({
        input: everything,
        besides: { shown: {}, deniedCalls: denied },
      });
      const told = denied.map((one) => [one.function, [...asAsked(one, missing(rows, one.function ?? ''))]]);
      const wanted = denied.map((one) => [one.function, unprovable.includes(one.action) ? [] : [named(one)]]);
      expect(told).toEqual(wanted);
    },
  );
});
