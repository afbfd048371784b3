import { isJsonObject, type Json } from '../basics/json.ts';
import type { ContextObject } from './context.ts';

/**
 * The plain references of our state machines (`$`, `$.plan.action`, `$$.Execution.Id`), followed without the interpreter:
 * it copies the whole document several times for each. Whatever is not plain, or is not there, is left to it.
 */

/** `$.a.b` or `$$.a.b`, and nothing that JSONPath could read in another way. */
const plain = /^\$(\$(?=\.))?((?:\.[A-Za-z_][A-Za-z0-9_]*)*)$/;

export const isPlain = (path: string): boolean => plain.test(path);

/** The names of a plain path, and whether it leads into the context object. */
function namesOf(path: string): { inContext: boolean; names: string[] } | undefined {
  const match = plain.exec(path);
  return match
    ? { inContext: match[1] !== undefined, names: (match[2] ?? '').split('.').slice(1) }
    : undefined;
}

/** What a plain path leads to; undefined when the path is not plain, or leads nowhere. */
export function follow(path: string, input: Json, context: ContextObject): Json | undefined {
  const found = namesOf(path);
  if (!found) return undefined;
  let value: Json | undefined = found.inContext ? context : input;
  for (const name of found.names) {
    if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A template with its references filled in; undefined when one of them is not plain, or leads nowhere. */
export function fill(template: Json, input: Json, context: ContextObject): Json | undefined {
  if (!isJsonObject(template)) return Array.isArray(template) ? undefined : template;
  const filled: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(template)) {
    const reference = key.endsWith('.$') && typeof member === 'string';
    const value = reference ? follow(member, input, context) : fill(member, input, context);
    if (value === undefined) return undefined;
    filled[reference ? key.slice(0, -2) : key] = value;
  }
  return filled;
}

/** The input with the result at a plain path; undefined when the path is not plain, or something else is in its way. */
export function put(path: string, input: Json, result: Json): Json | undefined {
  const found = namesOf(path);
  return found && !found.inContext ? putAt(found.names, input, result) : undefined;
}

function putAt([name, ...rest]: string[], input: Json, result: Json): Json | undefined {
  if (name === undefined) return result;
  if (!isJsonObject(input)) return undefined;
  const inner = putAt(rest, Object.hasOwn(input, name) ? (input[name] ?? null) : {}, result);
  return inner === undefined ? undefined : { ...input, [name]: inner };
}

/** The members of the input that an expression speaks of: all that the interpreter has to copy. */
export function partsNamedIn(text: string, input: Json): Json {
  const own = text.replaceAll('$$.', '');
  if (!isJsonObject(input) || /\$(?!\.[A-Za-z_])/.test(own)) return input;
  const names = new Set([...own.matchAll(/\$\.([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.has(name)));
}
