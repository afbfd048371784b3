/** A place in plain values: the keys that lead there. */
export type Path = readonly (string | number)[];

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The entries of an object or a list, by key or number. */
export const entriesOf = (value: unknown): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((one, i) => [i, one]) : isObject(value) ? Object.entries(value) : [];

export const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => Object(inner)[key], value);

/** The same with another value at a place; without `value` the key or the entry of a list is taken out. Shares the rest. */
export function changed<Value>(whole: Value, path: Path, value?: unknown): Value {
  const copy = Array.isArray(whole) ? [...whole] : { ...whole };
  const [key = '', ...rest] = path;
  const holder = Object(copy);
  if (rest.length > 0) holder[key] = changed(holder[key], rest, value);
  else if (value !== undefined) holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return holder;
}

/** Another value of the same kind: what somebody mistypes, doubles or flips. */
export function another(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value === 0 ? 1 : value * 2;
  return value === 'true' ? 'false' : value === 'false' ? 'true' : `${String(value)}x`;
}
