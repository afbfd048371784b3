import { NormalizedSchema } from '@smithy/core/schema';

/** A value in one of AWS's shapes, as its API answers it; `faults` name what cannot be. */
export interface Shaped {
  value: unknown;
  faults: string[];
}

/**
 * Reads what the AWS CLI or an SDK printed by the SDK's own schema: times in ISO 8601 or epoch seconds become epoch
 * seconds, as on the wire. A member that AWS may have added since passes through; one that looks like a misspelt known one
 * is a fault, and so is a value of another type.
 */
export function shaped(
  schema: Parameters<typeof NormalizedSchema.of>[0],
  value: unknown,
  path: string,
): Shaped {
  const faults: string[] = [];
  return { value: read(NormalizedSchema.of(schema), value, path, faults), faults };
}

function read(schema: NormalizedSchema, value: unknown, path: string, faults: string[]): unknown {
  const wrong = (expected: string) => {
    faults.push(`${path}: expected ${expected}, received ${typeName(value)}`);
    return value;
  };
  if (schema.isTimestampSchema()) return timeOf(value) ?? wrong('a time in ISO 8601 or epoch seconds');
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return wrong('array');
    return value.map((item, index) => read(schema.getValueSchema(), item, `${path}.${index}`, faults));
  }
  if (schema.isStructSchema()) {
    return isObject(value) ? readMembers(schema, value, path, faults) : wrong('object');
  }
  if (schema.isStringSchema()) return typeof value === 'string' ? value : wrong('string');
  if (schema.isNumericSchema()) return typeof value === 'number' ? value : wrong('number');
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? value : wrong('boolean');
  return value;
}

function readMembers(
  schema: NormalizedSchema,
  value: Record<string, unknown>,
  path: string,
  faults: string[],
): Record<string, unknown> {
  const members = new Map(schema.structIterator());
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const known = members.get(name);
      if (known) return [name, read(known, member, `${path}.${name}`, faults)];
      const meant = [...members.keys()].find((other) => areClose(name, other));
      if (meant) faults.push(`${path}: unknown member "${name}"; AWS has "${meant}"`);
      return [name, member];
    }),
  );
}

/** Epoch seconds of a time in AWS's forms; undefined when it is none. Milliseconds are not taken for seconds. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && value < 1e11 ? value : undefined;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return undefined;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** At most two letters apart: added, left out or changed. */
function areClose(a: string, b: string): boolean {
  const limit = 2;
  if (Math.abs(a.length - b.length) > limit || Math.min(a.length, b.length) < 4) return false;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) <= limit;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
