import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Html, html, joinLines } from '../../../shared/format/html.ts';

/** Generated cases; fewer in a mutation test, which repeats them for each mutant. */
const cases = { numRuns: fc.readConfigureGlobal()?.numRuns ?? 300, seed: 6 };

/** Half of all characters are those that could become markup. */
const text = fc.string({
  unit: fc.oneof(fc.constantFrom('<', '>', '"', "'", '&', ';', '=', '`', '/'), fc.string({ unit: 'binary' })),
});

/** Every place that a template has for a text, and what stands before and behind it. */
const places: [name: string, place: (value: string) => Html, before: string, after: string][] = [
  ['between tags', (value) => html`<p>${value}</p>`, '<p>', '</p>'],
  ['in an attribute', (value) => html`<p title="${value}">`, '<p title="', '">'],
  ['in an attribute with single quotes', (value) => html`<p title='${value}'>`, "<p title='", "'>"],
  ['alone', (value) => html`${value}`, '', ''],
  ['in a template in a template', (value) => html`<b>${html`<i>${value}</i>`}</b>`, '<b><i>', '</i></b>'],
  [
    'in a list',
    (value) => html`<ul>${[html`<li>${value}</li>`, html`<li>`]}</ul>`,
    '<ul><li>',
    '</li><li></ul>',
  ],
  ['on a line of its own', (value) => joinLines([html`<hr>`, html`<b>${value}</b>`]), '<hr>\n<b>', '</b>'],
];

/** What a browser makes of text in which every special character is an entity. */
const decoded = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('a template', () => {
  it('is the markup that its author wrote', () => {
    expect(String(html`<b class="x">\n${3} % &amp;</b>`)).toBe('<b class="x">\n3 % &amp;</b>');
  });

  it('escapes what could become markup', () => {
    expect(String(html`<p>${`<img src=x onerror="a('&')">`}</p>`)).toBe(
      '<p>&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;</p>',
    );
  });

  it('puts markup in as it is, a list one after the other, and joined on lines of their own', () => {
    const items = ['a', 'b'].map((item) => html`<li>${item}</li>`);
    expect(String(html`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>b</li></ul>');
    expect(String(html`<ul>${joinLines(items)}</ul>`)).toBe('<ul><li>a</li>\n<li>b</li></ul>');
    expect(String(html`<ul>${[]}${''}${joinLines([])}</ul>`)).toBe('<ul></ul>');
  });

  it.each(places)('any text %s ends as text', (_, place, before, after) => {
    fc.assert(
      fc.property(text, (value) => {
        const markup = String(place(value));
        expect(markup.slice(0, before.length)).toBe(before);
        expect(markup.slice(markup.length - after.length)).toBe(after);
        const inside = markup.slice(before.length, markup.length - after.length);
        expect(inside).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(decoded(inside)).toBe(value);
      }),
      cases,
    );
  });

  it('a text that is markup already is escaped again: only a template is markup', () => {
    expect(String(html`${String(html`<b>`)}`)).toBe('&lt;b&gt;');
    expect(String(html`<p>${`${html`<b>`}`}</p>`)).toBe('<p>&lt;b&gt;</p>');
  });

  it('no parsed JSON passes for markup, whatever it claims to be', () => {
    // JSON.parse gives `any`, which is the one way past the type of a template's values.
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(String(html`${JSON.parse(json)}`)).not.toMatch(/[<>"']/);
      }),
      cases,
    );
    for (const json of [
      '{"isEscaped":true,"text":"<b>"}',
      '["<b>",["<i>"]]',
      '{"raw":["<b>"],"length":1,"0":"<b>"}',
      '{"__proto__":{"isEscaped":true},"constructor":{"name":"Html"}}',
    ]) {
      expect(String(html`${JSON.parse(json)}`)).not.toMatch(/[<>]/);
    }
  });
});
