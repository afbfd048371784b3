import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { scenarios } from '../../../chaos/mutations/scenarios.ts';

const folder = new URL('.', import.meta.url);
const titles = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const [, first, last] = /^(\d+)-(\d+)-/.exec(file)?.map(Number) ?? [];
    return [...text.matchAll(/^(?:describe|it)\(\s*["']scenario (\d+): \w/gm)].map(([, number]) => ({
      number: Number(number),
      inItsFile: Number(number) >= Number(first) && Number(number) <= Number(last),
    }));
  });

it('every scenario has its tests in files that bear its number', () => {
  const numbers = [...new Set(titles.map(({ number }) => number))].sort((a, b) => a - b);

  expect(numbers).toEqual([...scenarios.keys()]);
  expect(titles.filter(({ inItsFile }) => !inItsFile)).toEqual([]);
});
