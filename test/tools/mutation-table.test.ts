import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { scoresOn, scoresText } from '../../tools/mutation-table.ts';
import { tableRows } from '../support/markdown.ts';

const file = (statuses: Record<string, number>) => ({
  source: '',
  mutants: Object.entries(statuses).flatMap(([status, count]) =>
    Array.from({ length: count }, () => ({ status })),
  ),
});
const report = {
  config: { mutate: ['shared/**/*.ts'] },
  files: {
    'shared/plan/b.ts': file({ Killed: 1999, Timeout: 1 }),
    'shared/core/a.ts': file({ Killed: 8, Survived: 1, NoCoverage: 1, Ignored: 5 }),
    'shared/plan/c.ts': file({ Killed: 9, Survived: 1 }),
    'shared/plan/d.ts': file({}),
  },
};
const at = { date: '28 November 2026', commit: '0123abc' };

describe('the table of scores', () => {
  it('counts by room what was found, and names the files below the limit, lowest first', () => {
    const text = scoresText(report, at, '| `shared/core/a.ts` | 1 of 2 | 50.0 % | needs a process, see b |');
    expect(tableRows(text)).toEqual([
      ['`shared/core/`', '1', '10', '8', '**80.0 %**'],
      ['`shared/plan/`', '3', '2,010', '2,009', '**100.0 %**'],
      ['all of `shared/`', '4', '2,020', '2,017', '**99.9 %**'],
      ['`shared/core/a.ts`', '8 of 10', '80.0 %', 'needs a process, see b'],
      ['`shared/plan/c.ts`', '9 of 10', '90.0 %', 'not explained yet'],
    ]);
    expect(text).toContain('Measured on 28 November 2026, commit 0123abc:');
    expect(text).toContain('5 mutants are left out');
    expect(text).toContain('without end: 1.');
  });
});

it('the page has the place that the command writes', () => {
  expect(scoresOn(readFileSync('docs/mutation-testing.md', 'utf8'))).not.toBe('');
});
