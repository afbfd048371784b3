import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { type Released, releasedFile } from '../../tools/mark-release.ts';
import { read, section, tableRows } from '../support/markdown.ts';
import { grants, type Packaged } from '../support/packaged.ts';

const released: Released = JSON.parse(readFileSync(releasedFile, 'utf8'));

/** Rights that a role needs no more, kept for one release: runs of the release before have the roles of this one. */
export function itKeepsWhatLeaves(of: () => Packaged): void {
  it('keeps rights that leave for one release, and no longer, as docs/permissions.md lists them', () => {
    const leaving = grants(of())
      .filter(({ statement }) => statement.Sid === 'Leaving')
      .flatMap(({ role, statement }) => statement.Action.map((action) => `${role}: ${action}`));
    const listed = tableRows(section(read('docs/permissions.md'), '## Rights that leave'))
      .map(([role = '', action = '']) => `${role}: ${action}`.replaceAll('`', ''))
      .filter((right) => right !== 'none: ');
    expect(leaving.sort()).toEqual(listed.sort());
    const had = (right: string) =>
      released.rights.some((one) => one === right || one.startsWith(`${right} `));
    expect(leaving.filter((right) => !had(right))).toEqual([]);
  });
}
