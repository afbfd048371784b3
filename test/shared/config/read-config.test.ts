import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parseConfigText, readConfigFile } from '../../../shared/config/read-config.ts';

const config = join(import.meta.dirname, '../../../config');
const text = readFileSync(join(config, 'production.yml'), 'utf8');

describe('the file of an environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (environment: string, content: string) => {
    writeFileSync(join(folder, `${environment}.yml`), content);
    return () => readConfigFile(folder, environment);
  };

  it('is found by the name of the environment', () => {
    expect(read('production', text)()).toEqual(parseConfigText(text, 'x'));
  });

  it('is refused under the name of another one, and told by its own in every fault', () => {
    expect(read('live', text)).toThrow(
      /^config\/live\.yml: environment: must be "live", like the file's name$/,
    );
    expect(read('live', '')).toThrow(/^config\/live\.yml: /);
  });
});

/** The lines on which the faults of a file are said to be. */
function linesOfFaults(changed: string): number[] {
  try {
    parseConfigText(changed, 'x');
    return [];
  } catch (error) {
    return [...new Set([...String(error).matchAll(/\(line (\d+)\)/g)].map(([, line]) => Number(line)))];
  }
}

describe('the line of a fault', () => {
  it.each([
    ['of a key that is missing is that of the key around it', '    cluster: ', '    # ', 'buywhere-api:'],
    ['of an unknown key is its own', 'region: ', 'regoin: 1\nregion: ', 'regoin:'],
    ['of unknown keys is that of the first', 'region: ', 'stage:\n  zone: 1\nzone: 2\nregion: ', 'stage:'],
    ['of an item is its own', "taskRoles: ['*']", "taskRoles:\n    - '*'\n    - '#'", "- '#'"],
    [
      'within an item is that of the key',
      '- { name: Primary on-call, email: oncall@buywhere.ai }',
      '- name: Primary on-call\n      email: oncall',
      'email: oncall',
    ],
    [
      'of an item that is written elsewhere is the one that names it',
      '- { name: Infrastructure, email: infra@buywhere.ai }',
      '- &twice { name: Infrastructure, email: infra@buywhere.ai }\n    - *twice',
      '- *twice',
    ],
  ])('%s', (_, old, by, start) => {
    const changed = text.replace(old, by);
    expect(changed).not.toBe(text);
    const at = changed.split('\n').findIndex((line) => line.trimStart().startsWith(start));
    expect(linesOfFaults(changed)).toEqual([at + 1]);
  });
});
