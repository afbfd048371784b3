import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { partOf } from '../../tools/marked.ts';
import { inPage, isAsPrinted, parts } from '../../tools/measured.ts';

/** Every function that is deployed, by its file. */
const names = readdirSync('functions', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => basename(name, '.ts'));

const page = (part: string) =>
  `# Measured\n\n<!-- diagnosis -->\n\n${part}\n\n<!-- end of the diagnosis -->\n`;

describe('a part of the page of measures', () => {
  it('stands in the page as it was printed', () => {
    expect(inPage('a\nb\n')).toBe('```text\na\nb\n```');
    expect(isAsPrinted(page(inPage('1 of 1 right\n')), 'diagnosis', '1 of 1 right\n')).toBe(true);
  });

  it.each([
    ['another one', page(inPage('1 of 1 right\n'))],
    ['none', '# Measured\n'],
  ])('is not what was printed where the page has %s', (_, text) => {
    expect(isAsPrinted(text, 'diagnosis', '0 of 1 right\n')).toBe(false);
  });

  it('says of which commit it is where CI does not measure it', () => {
    expect(inPage('a\n', { date: '29 November 2026', commit: '1d33946' })).toBe(
      '29 November 2026, commit 1d33946:\n\n```text\na\n```',
    );
  });
});

describe('docs/measured.md', () => {
  const text = readFileSync('docs/measured.md', 'utf8');

  it('measures the bundle of every function', () => {
    const rows = partOf(text, 'bundles')?.split('\n') ?? [];
    const measured = rows.map((row) => row.split(/ {2,}/)[0] ?? '').filter((name) => names.includes(name));
    expect(measured).toEqual(names.toSorted());
  });

  it.each(Object.entries(parts))(
    'has %s between its marks, compared or of a commit',
    (name, { command, compared }) => {
      const part = partOf(text, name);
      expect(part).toMatch(compared ? /^```text\n/ : /^\d+ \w+ 2026, commit [0-9a-f]{7,}:\n\n```text\n/);
      expect(text).toContain(command.replace(' -s', ''));
    },
  );

  it('has no figures that were printed by nobody', () => {
    const marked = Object.keys(parts).reduce((left, name) => left.replace(partOf(text, name), ''), text);
    expect(marked).not.toContain('```text');
  });
});

it('compares in CI what is to be compared', () => {
  const run = readFileSync('.ci/run', 'utf8');
  for (const [name, { command, compared }] of Object.entries(parts))
    if (compared) expect(run).toContain(`${command} | tee out/${name}.txt`);
});
