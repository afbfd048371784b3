/**
 * HTML or SVG in which every text is escaped; as a string it is what a browser gets.
 *
 * There is no door from a string to markup: only the two functions below make `Html`, and only `Html` goes into a template
 * unescaped. Nobody else can construct the class, so no parsed JSON passes for it. Escaped text is safe between tags and in
 * quoted attributes; lint/markup.grit refuses it as the name of a tag, in an unquoted attribute and in a script. Whether
 * an address may be linked to is for whoever puts it in.
 *
 * hono's `html`, which is in the tree, takes any object that says `isEscaped` for markup, any value at all for text, and
 * may answer with a promise; it would add 0.9 KB of gzip to a bundle, this adds 0.4.
 */
class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Html };

/** What a template takes: text, escaped; markup and lists of markup, as they are. An empty text is nothing. */
type Value = string | number | Html | readonly Html[];

/** The tag of every template that is HTML or SVG. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(String.raw({ raw: strings }, ...values.map(markupOf)));

/** Pieces of markup, each on a line of its own. */
export const joinLines = (pieces: readonly Html[]): Html => new Html(pieces.map(markupOf).join('\n'));

function markupOf(value: Value): string {
  if (value instanceof Html) return value.toString();
  return Array.isArray(value) ? value.map(markupOf).join('') : escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
