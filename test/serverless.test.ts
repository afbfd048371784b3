import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { describePackage } from './package/stage.ts';
import { root } from './support/packaged.ts';

jest.setTimeout(400_000);

// The other stages: test/integration/packages.test.ts.
describePackage('production');

it('keeps a lock file that names no place to download from', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
