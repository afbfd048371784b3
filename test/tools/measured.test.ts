import { expect, it } from '@jest/globals';
import { inPage, isAsPrinted } from '../../tools/measured.ts';

const page = (part: string) =>
  `# Measured\n\n<!-- diagnosis -->\n\n${part}\n\n<!-- end of the diagnosis -->\n`;

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
