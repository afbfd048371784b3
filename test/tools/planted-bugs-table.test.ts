import { describe, expect, it } from '@jest/globals';
import { mutations } from '../../chaos/mutations/mutations.ts';
import { partOf } from '../../tools/marked.ts';
import { plantedBugsText } from '../../tools/planted-bugs-table.ts';
import { read, tableRows } from '../support/markdown.ts';

const at = { date: '28 November 2026', commit: '0123abc' };
const row = (name: string, runs: string) => [
  '2 a limit',
  name,
  'shared/a.ts',
  runs,
  '2 small steps',
  '7',
  '',
];
const hunt = (...all: { found: boolean; sound?: unknown[]; name?: string }[]) => ({
  seed: 1,
  bugs: all.length,
  all: all.map(({ found, sound = [], name = 'a bug' }) => ({
    runs: 7,
    sound,
    row: row(name, found ? '7' : 'not in 7'),
    ...(found ? { found: { seed: 7 } } : {}),
  })),
});

describe('the table of planted bugs', () => {
  it('has a row for each bug, and says how many were found', () => {
    const text = plantedBugsText(hunt({ found: false, name: 'a' }, { found: true, name: 'b' }), at);
    expect(tableRows(text).map(([, name, file, runs]) => [name, file, runs])).toEqual([
      ['a', '`shared/a.ts`', 'not in 7'],
      ['b', '`shared/a.ts`', '7'],
    ]);
    expect(text).toContain('Measured on 28 November 2026, commit 0123abc, from seed 1 on: 1 of 2 bugs found');
    expect(text).toContain('the sound code violates something in none of those incidents');
  });

  it('says where the sound code is no better', () => {
    const text = plantedBugsText(hunt({ found: true, sound: [{}] }), at);
    expect(text).toContain('violates something in 1 of those incidents');
  });

  it('stands in its page between its marks, every bug of it found', () => {
    const part = partOf(read('docs/planted-bugs.md'), 'table');
    expect(part).toContain(`${mutations.length} of ${mutations.length} bugs found`);
    expect(part).toContain('violates something in none of those incidents');
    expect(tableRows(part).map(([, name]) => name)).toEqual(mutations.map(({ name }) => name));
  });
});
