import { describe, expect, it } from '@jest/globals';
import { mutations } from '../../chaos/mutations/mutations.ts';
import { partOf } from '../../tools/marked.ts';
import { plantedBugsText } from '../../tools/planted-bugs-table.ts';
import { read, tableRows } from '../support/markdown.ts';

const at = { date: '28 November 2026', commit: '0123abc' };
const [first, second] = mutations;
const found = (seed: number) => ({ seed, violation: { invariant: '2 small steps', text: 'too large' } });
const hunt = (...all: { name: string | undefined; runs: number; seed?: number; sound?: unknown[] }[]) => ({
  seed: 1,
  seconds: 9,
  all: all.map(({ name = '', runs, seed, sound = [] }) => ({
    mutation: { name },
    runs,
    sound,
    ...(seed === undefined ? {} : { found: found(seed) }),
  })),
});

describe('the table of planted bugs', () => {
  it('has a row for each bug, in the order of the list, and says how many were found', () => {
    const text = plantedBugsText(
      hunt({ name: second?.name, runs: 7, seed: 7 }, { name: first?.name, runs: 1000 }),
      at,
    );
    expect(tableRows(text).map(([, name, file, runs, by, seed]) => [name, file, runs, by, seed])).toEqual([
      [first?.name, `\`${first?.file}\``, 'not in 1000', '', ''],
      [second?.name, `\`${second?.file}\``, '7', '2 small steps', '7'],
    ]);
    expect(text).toContain('Measured on 28 November 2026, commit 0123abc, from seed 1 on: 1 of 2 bugs found');
    expect(text).toContain('the sound code violates something in none of those incidents');
  });

  it('says where the sound code is no better', () => {
    const text = plantedBugsText(hunt({ name: first?.name, runs: 1, seed: 1, sound: [{}] }), at);
    expect(text).toContain('violates something in 1 of those incidents');
  });

  it('stands in its page between its marks, every bug of it found', () => {
    const part = partOf(read('docs/planted-bugs.md'), 'table');
    expect(part).toContain(`${mutations.length} of ${mutations.length} bugs found`);
    expect(part).toContain('violates something in none of those incidents');
    expect(tableRows(part).map(([, name]) => name)).toEqual(mutations.map(({ name }) => name));
  });
});
