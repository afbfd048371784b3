import { expect, it } from '@jest/globals';
import { differing, inPage } from '../../tools/measured.ts';

const page = (printed: string) =>
  `# Measured\n\n<!-- verdicts -->\n\n${inPage(printed)}\n\n<!-- end of the verdicts -->\n`;

it('stands in the page as it was printed', () => {
  expect(inPage('a\nb\n')).toBe('```text\na\nb\n```');
  expect(differing(page('1 of 1 right\n'), { verdicts: '1 of 1 right\n' })).toEqual([]);
});

it('names what is not as printed, or not there', () => {
  expect(differing(page('1 of 1 right\n'), { verdicts: '0 of 1 right\n' })).toEqual(['verdicts']);
  expect(differing(page('1 of 1 right\n'), { diagnosis: '1 of 1 right\n' })).toEqual(['diagnosis']);
});
