import type * as z from 'zod';

type Schema = z.core.$ZodTypes;

const wrapped = ['optional', 'nullable', 'default', 'prefault', 'readonly', 'nonoptional'] as const;
const isWrapped = (def: Schema['_zod']['def']): def is Extract<typeof def, { innerType: unknown }> =>
  wrapped.some((type) => type === def.type);

/** What is inside of a schema that only says when it may be missing, or what follows from it. */
function bare(schema: Schema): Schema {
  const { def } = schema._zod;
  if (def.type === 'pipe') return bare(def.in as Schema);
  return isWrapped(def) ? bare(def.innerType as Schema) : schema;
}

/** The schemas of what stands under a key: one, or one of each alternative. */
function under(schema: Schema, key: PropertyKey): Schema[] {
  const { def } = bare(schema)._zod;
  switch (def.type) {
    case 'object':
      return [def.shape[String(key)]].filter((inner) => inner !== undefined) as Schema[];
    case 'record':
      return [def.valueType as Schema];
    case 'array':
      return [def.element as Schema];
    case 'union':
      return def.options.flatMap((option) => under(option as Schema, key));
    default:
      return [];
  }
}

function keysOf(schema: Schema): string[] {
  const { def } = bare(schema)._zod;
  if (def.type === 'object') return Object.keys(def.shape);
  return def.type === 'union' ? def.options.flatMap((option) => keysOf(option as Schema)) : [];
}

/** The keys that a schema knows at a path, each once; none where it is no object there. Pure. */
export function allowedKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const there = path.reduce<Schema[]>(
    (schemas, key) => schemas.flatMap((one) => under(one, key)),
    [schema as Schema],
  );
  return [...new Set(there.flatMap(keysOf))];
}
