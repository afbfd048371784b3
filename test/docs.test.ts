import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { functionNames } from '../resources/names.ts';
import { statemachinesFolder } from '../sandbox/config-files.ts';
import { loadDefinitions } from '../sandbox/engine/definition/definitions.ts';
import {
  anchorsOf,
  blocksOf,
  codeSpans,
  linkTargets,
  pages,
  read,
  section,
  tableRows,
} from './support/markdown.ts';

/** What commands make: what stands in there need not exist yet, whether or not the folder does. */
const made = new Set(['.venv', '.serverless', '.esbuild', 'out', 'coverage']);
const folders = readdirSync('.').filter((name) => statSync(name).isDirectory() && !made.has(name));
const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts);

const oslsCommands: Map<string, { options: object }> = createRequire(import.meta.url)(
  'serverless/lib/cli/commands-schema/aws-service.js',
);

/** Paths inside the project that a page names; placeholders in capitals and patterns stand for their folder. */
function pathsIn(text: string): string[] {
  return codeSpans(text)
    .filter((span) => /^[\w.*-]+\/[\w./*-]*$/.test(span) && folders.includes(span.split('/')[0] ?? ''))
    .map((span) => span.replace(/[^/]*(?:\*|[A-Z]{3,})[^/]*$/, ''));
}

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('links only to what exists', () => {
    for (const target of linkTargets(text)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      expect([target, existsSync(file)]).toEqual([target, true]);
      if (anchor !== undefined) expect(anchorsOf(read(file))).toContain(anchor);
    }
  });

  it('names only files, folders and npm scripts that exist', () => {
    const missing = pathsIn(text).filter((path) => !existsSync(path));
    expect(missing).toEqual([]);
    const called = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(called.filter((script) => !scripts.includes(script))).toEqual([]);
  });

  it('names only commands and options that osls has', () => {
    for (const [, name = '', options = ''] of text.matchAll(/\bnpx osls (\w+)([^`\n]*)/g)) {
      expect([...oslsCommands.keys()]).toContain(name);
      const known = Object.keys(oslsCommands.get(name)?.options ?? {});
      for (const [, option = ''] of options.matchAll(/ --([\w-]+)/g)) expect(known).toContain(option);
    }
  });
});

it('draws the tree of the project as it is', () => {
  const tree = blocksOf(read('README.md')).find(({ lines }) => lines[0]?.startsWith('functions/'));
  const drawn = (tree?.lines ?? []).map((line) => line.split('/')[0] ?? '');
  const tracked = folders.filter(
    (name) => !name.startsWith('.') && !['node_modules', 'out', 'coverage', 'lint'].includes(name),
  );
  expect(drawn.sort()).toEqual(tracked.sort());
});

const machines = {
  E: 'emergency-scaling',
  S: 'scale-in',
  R: 'rollback',
  C: 'configure-autoscaling',
  P: 'pgbouncer-emergency',
  K: 'redis-emergency',
} as const;
const definitions = loadDefinitions(statemachinesFolder);
const statesOf = (machine: string) => Object.entries(definitions.find(machine)?.definition.States ?? {});

it('maps the runbook to states and functions that exist', () => {
  const map = read('docs/runbook-map.md');
  for (const [, letters = '', list = ''] of map.matchAll(/\| ((?:[ESRCPK], )*[ESRCPK]): ([^|;]+)/g)) {
    const named = list.split(', ').map((name) => name.trim());
    for (const letter of letters.split(', ')) {
      const states = statesOf(machines[letter as keyof typeof machines]).map(([name]) => name);
      for (const name of named.filter((each) => !/^(?:with|function) /.test(each)))
        expect(states).toContain(name);
    }
  }
});

it.each(Object.values(machines))('explains every end of %s, and no other', (machine) => {
  const rows = tableRows(section(read('docs/operations.md'), `### ${machine}`));
  const explained = rows.flatMap(([ends = '']) => ends.split(', '));
  const ends = statesOf(machine)
    .filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail')
    .map(([name]) => name);
  expect(explained.sort()).toEqual(ends.sort());
});

it('lists the rights of every function', () => {
  const rows = tableRows(section(read('docs/permissions.md'), '## Functions'));
  const listed = rows.map(([name = '']) => name.replaceAll('`', ''));
  expect(listed.sort()).toEqual(functionNames());
});

describe('the configuration reference', () => {
  const config = parse(readFileSync('config/production.yml', 'utf8'));
  const reference = section(read('docs/operations.md'), '## Configuration reference');
  const [service] = Object.values<Record<string, unknown>>(config.services);
  const keysOf = (value: unknown): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)])
      : [];

  it('names every key', () => {
    const { services: _, ...rest } = config;
    const missing = [...new Set(keysOf({ ...rest, ...service }))].filter(
      (key) => !new RegExp(`\\b${key}\\b`).test(reference),
    );
    expect(missing).toEqual([]);
  });

  it('gives the values of config/production.yml', () => {
    for (const [name = '', , value = ''] of tableRows(reference)) {
      const path = /^`([\w.]+)`$/.exec(name)?.[1];
      if (path === undefined || value === 'none') continue;
      const found = path
        .split('.')
        .reduce<unknown>(
          (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
          (path.split('.')[0] ?? '') in config ? config : service,
        );
      expect([path, found === undefined]).toEqual([path, false]);
      if (typeof found !== 'object')
        expect([path, value.replace(/ \(staging: .*\)$/, '')]).toEqual([path, String(found)]);
    }
  });
});
