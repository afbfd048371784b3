import { globSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/packaged.ts';
import { type Block, collected } from './collect.ts';

/** Files of tests below a folder of test/, in a fixed order. */
export const testFiles = (...folders: string[]): string[] =>
  folders.flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`, { cwd: root }).sort());

/** They start processes, or play whole incidents again only to compare: each would cost seconds for every mutant. */
const slow = /command-line|same-seed|partitions|worker\.test/;
export const scenarios = (): string[] => testFiles('scenarios').filter((file) => !slow.test(file));

/** The tests of a file, loaded anew for each query: what they read while they are loaded is read again. */
export const loaded = (file: string, query: string): Promise<Block> =>
  collected(file, () => import(`${join(root, file)}?${query}`));
