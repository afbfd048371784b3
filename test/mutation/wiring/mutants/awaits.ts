/** What nobody waits for: a mutant that Stryker does not have. */

/** Where an expression behind `await` ends: names, points, and whatever brackets hold. */
function endOf(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const sign = text[i] ?? '';
    if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) {
      if (depth === 0) return i;
      depth--;
    } else if (depth === 0 && !/[\w.$?]/.test(sign)) return i;
  }
  return text.length;
}

/** Each `await X` of a source as `await globalThis.held("ID", X)`, on the same line; and what X is, by id. */
export function withSwitches(source: string, prefix: string): { text: string; awaited: Map<string, string> } {
  const awaited = new Map<string, string>();
  const parts: string[] = [];
  let at = 0;
  for (const match of source.matchAll(/\bawait (?=[\w(])/g)) {
    const from = match.index + match[0].length;
    if (from < at) continue;
    const end = endOf(source, from);
    const id = `${prefix}-await-${awaited.size}`;
    awaited.set(id, source.slice(from, end));
    parts.push(source.slice(at, from), `globalThis.held("${id}", ${source.slice(from, end)})`);
    at = end;
  }
  return { text: [...parts, source.slice(at)].join(''), awaited };
}

/** The number of a switch that the instrumenter takes for a text of the program. */
export const isSwitch = (text: string): boolean => /^"[\w/.-]+-await-\d+"/.test(text);
