/**
 * Text from outside (a person, AWS, a health body, another program), made harmless where it enters: whoever shows it later
 * may be a terminal, a mail, a chat or a page. This is the one place that knows which characters can't be seen.
 */

/** Lines are kept. The blank of Braille is drawn as nothing; half a surrogate pair is no character. */
const unseen = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--\n]+/gv;

/**
 * The text without control characters, escape codes, characters that turn the direction of writing and all that have no
 * shape of their own, each run of them a blank. Lines are kept.
 */
export const withoutControls = (text: string): string => text.replace(unseen, ' ');

/** The same on one line, so that it cannot pass for a further line of a mail or a notice; what cannot be seen is empty. */
export const oneLine = (text: string, longest = Number.POSITIVE_INFINITY): string =>
  // What is cleaned is not much longer than what is kept: a text of megabytes would take seconds.
  withoutControls(text.slice(0, 20 * longest))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest)
    // The cut may have halved a surrogate pair.
    .replace(/[\ud800-\udbff]$/, '');

/** A JSON value with every text in it, also the names of its members, on one line. */
export function plainTexts(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value)) return value.map(plainTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [oneLine(name), plainTexts(member)]),
  );
}
