import { expect, it, jest } from '@jest/globals';
import { functionNames } from '../../resources/names.ts';
import { rightsOf } from '../support/rights-of-roles.ts';
import { playBriefly } from './harness.ts';

jest.setTimeout(60_000);

const rights = functionNames().flatMap(rightsOf);

it.each([
  ['traffic-spike', 'yes'],
  ['bad-deployment', 'yes'],
  ['traffic-spike', 'no'],
] as const)(
  'reads and writes in %s, answered %s, only records that the role of the function allows',
  async (scenario, approve) => {
    const touched = new Map<string, { caller: string; action: string; key: string }>();
    await playBriefly({
      scenario,
      approve,
      hooks: {
        surroundings: (own) => ({
          ...own,
          authorize(caller, action, key = '') {
            touched.set(`${caller} ${action} ${key.split('/')[0]}`, { caller, action, key });
          },
        }),
      },
    });
    const records = [...touched.values()].filter(({ action }) => action.startsWith('dynamodb:'));
    const refused = records.filter(
      ({ caller, action, key }) =>
        !rights.some(
          (one) => one.function === caller && one.action === action && key.startsWith(one.on ?? ''),
        ),
    );
    expect(records.length).toBeGreaterThan(15);
    expect(refused).toEqual([]);
  },
);
