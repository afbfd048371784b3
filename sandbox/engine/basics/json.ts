/** Any JSON value: what Step Functions passes between states and what Lambda takes and returns. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Parses JSON text. Throws SyntaxError. */
export function parseJson(text: string): Json {
  return JSON.parse(text);
}

/** Texts of documents: each passes through many events, and none is changed once it is there. */
const texts = new WeakMap<object, string>();

/** A value as JSON text; of an object, made once. */
export function jsonText(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const text = texts.get(value) ?? JSON.stringify(value);
  texts.set(value, text);
  return text;
}

/**
 * What is left of a value after it crossed a process boundary as JSON, as between Lambda and Step Functions:
 * no shared identity, no `undefined`, no class. Throws TypeError for what JSON cannot express (cycles, bigint).
 */
export function throughJson(value: unknown): Json {
  return copied(JSON.stringify(value) ?? 'null');
}

/** The same for what is JSON already. */
export const copyJson = (value: Json): Json => copied(jsonText(value));

function copied(text: string): Json {
  const copy = parseJson(text);
  if (typeof copy === 'object' && copy !== null) texts.set(copy, text);
  return copy;
}

export function isJsonObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Same JSON value, whatever the order of keys. */
export function equalJson(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`;
}
