import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { pageHeaders } from '../../shared/approval/page.ts';
import { openBrowser } from '../../tools/browser.ts';
import { gallery } from '../../tools/gallery.ts';
import { approvalRequest } from '../support/approvals.ts';
import { metrics, production } from '../support/builders.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const html = gallery(
  approvalRequest({
    needed: 2,
    unreached: ['Infrastructure'],
    metrics: metrics({ requestRatePerMinute: 2431, latencyP99Seconds: 10.27, pgbouncerPoolPercent: 41.8 }),
  }),
  production,
);
const looks = [
  { width: 360, colorScheme: 'light' as const },
  { width: 360, colorScheme: 'dark' as const },
  { width: 1280, colorScheme: 'light' as const },
  { width: 1280, colorScheme: 'dark' as const },
];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

/** Everything that axe-core's rules of WCAG 2 A and AA and its best practices find. */
async function faults(page: Page): Promise<unknown> {
  await page.addScriptTag({ content: axe });
  return page.evaluate(`axe.run().then(({ violations, incomplete }) =>
    [...violations, ...incomplete].map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`);
}

/** Words of a table's cells that are broken in two: "100" above "0" reads as another number. */
const brokenWords = (page: Page): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('th, td')].flatMap(({ firstChild: text }) =>
    [...(text?.data ?? '').matchAll(/\\S+/g)].flatMap(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      return range.getClientRects().length > 1 ? [word] : [];
    }))`);

describe.each(looks)('at $width pixels, $colorScheme', ({ width, colorScheme }) => {
  let page: Page;
  beforeAll(async () => {
    const context = await browser.newContext({
      viewport: { width, height: 740 },
      colorScheme,
      bypassCSP: true,
    });
    page = await context.newPage();
  });

  it.each(Object.keys(html))(
    '%s needs no sideways scrolling, breaks no word of a table and is accessible',
    async (name) => {
      await page.setContent(html[name] ?? '');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await brokenWords(page)).toEqual([]);
      expect(await faults(page)).toEqual([]);
    },
  );
});

it('the check does find what is not accessible', async () => {
  const page = await browser.newPage();
  await page.setContent('<!doctype html><html><body><input><p style="color:#ccc">pale</p></body></html>');
  expect(JSON.stringify(await faults(page))).toMatch(/color-contrast.*html-has-lang.*label/);
});

it('the style sheet is let in by the headers, and a script is not', async () => {
  const page = await browser.newPage();
  const body = (html.request ?? '').replace('</main>', '<script>document.title = "run"</script></main>');
  await page.route('https://approve.example/', (route) =>
    route.fulfill({ headers: { ...pageHeaders }, body }),
  );
  await page.goto('https://approve.example/');
  expect(await page.evaluate("getComputedStyle(document.querySelector('table')).width")).toBe('672px');
  expect(await page.title()).toBe('Scale in buywhere-api in production?');
});
