import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../support/packaged.ts';
import { gaps } from './gaps.ts';
import { version } from './ministack.ts';

const text = (file: string) => readFileSync(join(root, file), 'utf8');

describe('what the emulator lacks', () => {
  it.each(gaps)('$emulator: the supplement is there', ({ supplied }) => {
    if (supplied !== 'nothing') expect(text(`test/deploy/${supplied.file}`)).toContain(supplied.by);
  });

  it('every supplement of the start script has its row', () => {
    const script = text('test/deploy/start.py');
    const replaced = [...script.matchAll(/replaced\(\w+(?:\.\w+)?, "\w+", (\w+)/g)].map(([, own]) => own);
    expect(replaced.length).toBeGreaterThan(5);
    // These serve another one: they carry an error's name, a token, a caller or a machine's role to it.
    const carriers = ['invoke', 'execute', 'invoke_with_callback', 'rights', 'unverified', 'start_nested'];
    const listed = gaps.flatMap(({ supplied }) => (supplied === 'nothing' ? [] : [supplied.by]));
    expect(
      replaced.filter((own = '') => ![...listed, ...carriers].includes(own.replace(/_sync$/, ''))),
    ).toEqual([]);
  });

  it('docs/sandbox.md has the same table', () => {
    const page = text('docs/sandbox.md');
    const rows = gaps.map(({ emulator, aws, decides, supplied }) => {
      const by = supplied === 'nothing' ? 'nothing' : `\`${supplied.file}\``;
      return `| ${emulator} | [${aws}](${decides}) | ${by} |`;
    });
    expect(page.split('\n')).toEqual(expect.arrayContaining(rows));
  });

  it('.ci/run and the page install the version for which they are listed', () => {
    for (const file of ['.ci/run', 'docs/sandbox.md']) expect(text(file)).toContain(`ministack==${version}`);
  });
});
