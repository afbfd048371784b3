import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import { InvalidInputError } from '../core/errors.ts';
import { checkConfig, type LineOf, parseConfig } from './config.ts';
import type { Config } from './schema.ts';

/**
 * Reads and validates the configuration of an environment: for packaging and for every command.
 * @throws InvalidInputError that names the file, every faulty key, its line and what is allowed.
 */
export function readConfigFile(folder: string, environment: string): Config {
  const file = `config/${environment}.yml`;
  const config = parseConfigText(readFileSync(join(folder, `${environment}.yml`), 'utf8'), file);
  if (config.environment !== environment) {
    throw new InvalidInputError(`${file}: environment: must be "${environment}", like the file's name`);
  }
  return config;
}

/**
 * The same of a text. Merge keys (`<<: *anchor`) are allowed; what YAML itself refuses is told by its line, without the
 * text that stands there: it may hold a secret.
 * @throws InvalidInputError
 */
export function parseConfigText(text: string, file: string): Config {
  const { value, lineOf } = readYaml(text, file);
  return parseConfig(value, file, lineOf);
}

/**
 * Checks a text that may be incomplete: the configuration, or every key that is refused.
 * @throws InvalidInputError for what is not valid YAML
 */
export function checkConfigText(text: string, file: string): ReturnType<typeof checkConfig> {
  const { value, lineOf } = readYaml(text, file);
  return checkConfig(value, lineOf);
}

function readYaml(text: string, file: string): { value: unknown; lineOf: LineOf } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const at = (offset: number) => lines.linePos(offset).line;
  const [fault] = [...document.errors, ...document.warnings];
  if (fault)
    throw new InvalidInputError(`${file}: line ${at(fault.pos[0])}: not valid YAML: ${worded(fault.code)}`);
  return { value: contentOf(document, file), lineOf: lineIn(document, at) };
}

/** `BAD_INDENT` in words. */
const worded = (code: string) => code.toLowerCase().replaceAll('_', ' ');

/** Many services share their settings by anchors; what unfolds to more than this is an attack, or a mistake. */
const mostAliases = 10_000;

/** An alias that leads nowhere shows only here; so does one that unfolds to too much. */
function contentOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch {
    throw new InvalidInputError(`${file}: not valid YAML: an alias (*NAME) that no anchor (&NAME) explains`);
  }
}

/** Goes down a path as far as it leads. */
function lineIn(document: Document.Parsed, at: (offset: number) => number): LineOf {
  return (path) => {
    let node: ParsedNode | null = document.contents;
    let line: number | undefined;
    for (const key of path) {
      const found = childOf(node, key);
      if (!found) break;
      line = at(found.offset);
      node = found.node;
    }
    return line;
  };
}

interface Child {
  node: ParsedNode | null;
  offset: number;
}

function childOf(node: ParsedNode | null, key: PropertyKey): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === String(key));
    return pair && { node: pair.value, offset: pair.key.range[0] };
  }
  const item = isSeq(node) ? node.items[Number(key)] : undefined;
  return isNode(item) ? { node: item, offset: item.range[0] } : undefined;
}
