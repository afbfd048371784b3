import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { named, scoresOn, scoresText } from '../../tools/mutation-table.ts';
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

describe('the scores in docs/mutation-testing.md', () => {
  const rows = tableRows(scoresOn(readFileSync('docs/mutation-testing.md', 'utf8')));
  const rooms = rows.filter(([name = '']) => /^`shared\/\w+\/`$/.test(name));
  const all = rows.find(([name]) => name === 'all of `shared/`') ?? [];
  const low = rows.filter(([name = '']) => name.endsWith('.ts`'));
  const numberOf = (cell = '') => Number(cell.replace(/[,*% ]/g, ''));

  it('are those of every room of shared/ that has code', () => {
    const folders = readdirSync('shared').map((room) => `\`shared/${room}/\``);
    expect(rooms.map(([name]) => name)).toEqual(
      folders.filter((name) => rooms.some(([room]) => room === name)),
    );
    expect(rooms.length).toBeGreaterThan(15);
  });

  it('add up', () => {
    for (const column of [1, 2, 3])
      expect(rooms.reduce((sum, cells) => sum + numberOf(cells[column]), 0)).toBe(numberOf(all[column]));
    for (const [, , mutants, found, score] of [...rooms, all])
      expect(numberOf(score)).toBeCloseTo((100 * numberOf(found)) / numberOf(mutants), 0);
  });

  it('are 96 % or more of all mutants', () => {
    expect(numberOf(all[4])).toBeGreaterThanOrEqual(96);
  });

  it('name each file below the limit with why', () => {
    for (const [name = '', , score, why = ''] of low) {
      expect(existsSync(name.replaceAll('`', ''))).toBe(true);
      expect(numberOf(score)).toBeLessThan(named);
      expect([name, why]).not.toEqual([name, 'not explained yet']);
      expect(why).not.toBe('');
    }
  });
});
