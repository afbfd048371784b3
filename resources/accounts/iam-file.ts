import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ScalarTag } from 'yaml';

const folder = join(import.meta.dirname, '../../iam');

/** CloudFormation's short forms, as far as `iam/` has them. */
const tags: ScalarTag[] = [
  { tag: '!Sub', resolve: (text) => ({ 'Fn::Sub': text }) },
  { tag: '!Ref', resolve: (name) => ({ Ref: name }) },
  { tag: '!GetAtt', resolve: (path) => ({ 'Fn::GetAtt': path.split('.') }) },
];

/** A file of `iam/` with CloudFormation's long forms; the variables in it are still there. */
export const iamFile = (name: string): unknown =>
  parse(readFileSync(join(folder, `${name}.yml`), 'utf8'), { customTags: tags });

/** The variables `${there:NAME}` and `${self:custom.stage.NAME}`. */
const variable = /\$\{(there:|self:custom\.stage\.)(\w+)\}/g;

/**
 * Fills variables in: one that stands alone may be anything, one within a text is a text.
 * @throws Error for a variable that nobody gave, and for one of another kind
 */
export function filledIn(value: unknown, known: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') return filledText(value, known);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner, known)]));
}

function filledText(text: string, known: Readonly<Record<string, unknown>>): unknown {
  const given = (name: string): unknown => {
    if (!Object.hasOwn(known, name)) throw new Error(`iam/: no value for ${name} in ${text}`);
    return known[name];
  };
  const [alone] = text.matchAll(variable);
  if (alone && alone[0] === text) return given(alone[2] ?? '');
  const filled = text.replaceAll(variable, (_, _kind, name: string) => String(given(name)));
  if (/\$\{(self|sls|there|file|opt):?/.test(filled))
    throw new Error(`iam/: ${filled} has a variable of osls`);
  return filled;
}
