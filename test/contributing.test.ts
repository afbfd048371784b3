import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { codeSpans, read, section, tableRows } from './support/markdown.ts';

/** CONTRIBUTING.md tells a newcomer where things are; this holds what it tells. */

/** What people look for first: each has its row, whatever moves. */
const lookedFor = [
  'the ceiling',
  'the lock',
  "a person's change",
  'the wording of a mail',
  'the repetition of a throttled call',
  'a new notice channel',
  'a new metric',
  'a new alert',
  'a new state',
  'the list of record keys and who may write them',
];

const rows = tableRows(section(read('CONTRIBUTING.md'), '## Where it is')).map(
  ([what = '', file = '', holds = '']) => ({
    what,
    file: codeSpans(file)[0] ?? '',
    holds: codeSpans(holds)[0] ?? '',
  }),
);

/** Whether TypeScript exports a name itself, or another file has a phrase; a mention in a comment is no export. */
function isHeld(holds: string, file: string): boolean {
  const text = read(file);
  if (!file.endsWith('.ts')) return text.includes(holds);
  return new RegExp(`^export (?:async )?(?:const|function|class|interface|type) ${holds}\\b`, 'm').test(text);
}

it('says of everything that people look for first where it is', () => {
  expect(rows.map(({ what }) => what)).toEqual(lookedFor);
});

describe.each(rows)('$what', ({ file, holds }) => {
  it('has a file', () => {
    expect([file, existsSync(file)]).toEqual([file, true]);
  });

  it('is what the file holds', () => {
    expect(holds).toMatch(/\S/);
    expect([file, holds, isHeld(holds, file)]).toEqual([file, holds, true]);
  });
});
