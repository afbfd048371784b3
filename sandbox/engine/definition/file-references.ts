import { isJsonObject, type Json } from '../basics/json.ts';

/** `${file(PATH):NAME}` and nothing else in the string. The path starts at the project's root. */
const reference = /^\$\{file\(([^()]+)\):([^.,$\\{}]+)\}$/;

/** The value of a file that is referred to, its own references as they are; undefined when there is no such file. */
export type OpenFile = (path: string) => Json | undefined;

/**
 * Puts what another file has under a name in the place of `${file(PATH):NAME}`, as osls does when it packages. What osls
 * would resolve in another way, and what leads nowhere, is added to `problems`. Source: Serverless Framework 3, "Variables".
 */
export function resolveFiles(value: Json, open: OpenFile, problems: string[]): Json {
  return resolve(value, []);

  function resolve(value: Json, within: readonly string[]): Json {
    if (typeof value === 'string') return value.includes('${') ? resolveText(value, within) : value;
    if (Array.isArray(value)) return value.map((item) => resolve(item, within));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, within)]));
  }

  function resolveText(text: string, within: readonly string[]): Json {
    const found = lookUp(text, within);
    if ('value' in found) return resolve(found.value, [...within, text]);
    const problem = `${text}: ${found.problem}`;
    // An anchor repeats its reference wherever it stands.
    if (!problems.includes(problem)) problems.push(problem);
    return null;
  }

  function lookUp(text: string, within: readonly string[]): { value: Json } | { problem: string } {
    const [, path, name] = reference.exec(text) ?? [];
    if (path === undefined || name === undefined)
      return { problem: 'only file(PATH):NAME, as the whole value, is resolved here' };
    if (within.includes(text)) return { problem: 'refers to itself' };
    const content = open(path);
    if (content === undefined) return { problem: `there is no file ${path}` };
    const names = isJsonObject(content) ? content : {};
    const value = Object.hasOwn(names, name) ? names[name] : null;
    // osls takes null for a reference that leads nowhere.
    return value === undefined || value === null
      ? { problem: `${path} has no ${name}; it has ${Object.keys(names).join(', ')}` }
      : { value };
  }
}
