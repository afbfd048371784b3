import fc from 'fast-check';
import { character } from './character.ts';

/** Values that look right: where a parser trusts the shape, one of them gets through. */
const nearlyRight = fc.constantFrom<unknown>(
  '',
  ' ',
  'ALARM',
  'firing',
  'resolved',
  'alertmanager',
  'constructor',
  '__proto__',
  'buywhere-api-HighCPU',
  'buywhere-api-constructor',
  '2026-02-30T17:07:00Z',
  '2026-10-02T17:07:00+25:00',
  '9999-12-31T23:59:60Z',
  '0000-01-01T00:00:00-23:59',
  'NaN',
  0,
  -1,
  1.5,
  1e300,
  null,
  [],
  {},
);

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((child, at) => (at === Number(key) ? changed(child, rest, change) : child));
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, name === key ? changed(child, rest, change) : child]),
  );
}

/** A JSON document with up to three of its values replaced, left out, or put into a list. */
export function damaged(original: unknown): fc.Arbitrary<unknown> {
  const damage = fc.record({
    path: fc.constantFrom(...pathsOf(original)),
    way: fc.constantFrom('replace', 'replace', 'leave out', 'list'),
    value: fc.oneof(nearlyRight, fc.jsonValue()),
  });
  return fc.array(damage, { maxLength: 3 }).map((damages) =>
    damages.reduce((document, { path, way, value }) => {
      if (way === 'replace') return changed(document, path, () => value);
      return changed(document, path, (old) => (way === 'list' ? [old] : undefined));
    }, original),
  );
}

/** A text with a piece of it replaced by something else. */
export const damagedText = (original: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat(original.length),
      fc.nat(12),
      fc.oneof(fc.string(), fc.string({ unit: character, maxLength: 5 })),
    )
    .map(([at, length, text]) => original.slice(0, at) + text + original.slice(at + length));
