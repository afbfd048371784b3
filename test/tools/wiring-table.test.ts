import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { partOf } from '../../tools/marked.ts';
import { wiringText } from '../../tools/wiring-table.ts';
import { tableRows } from '../support/markdown.ts';

const outcome = (key: string, foundBy?: string) => ({
  key,
  operator: 'next changed',
  ...(foundBy === undefined ? {} : { foundBy }),
});
const area = {
  commit: '0123abcdef',
  seed: 1,
  seconds: 60,
  whole: true,
  all: 1870,
  equivalent: 2,
  drawn: [
    outcome('a', 'test/statemachines/rules.test.ts › x'),
    outcome('b', 'test/statemachines/steps.test.ts › rollback: each step goes on as its table says'),
    outcome('c', 'test/scenarios/staging.test.ts › y'),
    outcome('d', 'time-out'),
    outcome('e | f'),
  ],
  planted: [
    { ...outcome('a', 'test/statemachines/rules.test.ts › x'), name: 'no scale-in after a rollback' },
  ],
};

describe('the table of the wiring', () => {
  it('says by area who found how many, and names the survivors', () => {
    const unknown = 'not measured as a whole yet';
    expect(tableRows(wiringText({ machines: area }))).toEqual([
      ['`serverless.yml`, `resources/`', unknown],
      ['roles in `iam/`, with the deploying role', unknown],
      ['`statemachines/`', '1,870', '5', '1', '1', '2', '**80.0 %**', '1 of 1', '2', '0123abc'],
      ['`functions/`', unknown],
      ['`statemachines/`', '`e / f`'],
    ]);
  });

  it('says so where nothing survived', () => {
    expect(wiringText({ machines: { ...area, drawn: area.drawn.slice(0, 4) } })).toContain(
      'No drawn mutant survived.',
    );
  });
});

describe('the wiring in docs/mutation-testing.md', () => {
  const rows = tableRows(partOf(readFileSync('docs/mutation-testing.md', 'utf8'), 'wiring'));

  it('is found to 90 % or more in each area, and each fault that is planted by name', () => {
    const areas = rows.filter((cells) => cells.length === 10);
    for (const [name, , , , , , score = '', planted = ''] of areas) {
      expect([name, Number(score.replace(/[* %]/g, '')) >= 90]).toEqual([name, true]);
      const [found, all] = planted.split(' of ');
      expect([name, found]).toEqual([name, all]);
    }
  });
});
