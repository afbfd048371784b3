import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The house's rules that one file alone cannot show; circles of imports are the linter's (biome.json). */

const root = join(import.meta.dirname, '..');

/** From the ground up: a room imports only rooms before it. */
const rooms = [
  ...[
    'core',
    'store',
    'config',
    'alerts',
    'document',
    'lambda',
    'aws',
    'metrics',
    'pool',
    'cache',
    'format',
    'incident',
  ],
  ...[
    'schedules',
    'drift',
    'plan',
    'assess',
    'autoscaling',
    'alarms',
    'verify',
    'writes',
    'intake',
    'notices',
    'approval',
    'preflight',
  ],
];

/** What a folder at the top must never import: the product knows nothing of what plays, measures or draws it. */
const closed: Record<string, readonly string[]> = {
  shared: ['functions', 'sandbox', 'local', 'chaos', 'bench', 'tools', 'cli', 'test'],
  functions: ['sandbox', 'local', 'chaos', 'bench', 'tools', 'cli', 'test'],
  sandbox: ['local', 'chaos', 'bench', 'tools', 'cli', 'test'],
  cli: ['local', 'chaos', 'bench', 'tools', 'test'],
  local: ['chaos', 'bench', 'tools', 'test'],
  chaos: ['bench', 'tools', 'test'],
  bench: ['chaos', 'tools', 'test'],
  tools: ['chaos', 'bench', 'test'],
};

const files = Object.keys(closed).flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(top, name.replaceAll('\\', '/'))),
);

const imports = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/\b(?:from|import\(?|require\()\s*'(\.[^']+)'/g)].map(([, path = '']) => ({
    from: file,
    to: posix.normalize(posix.join(posix.dirname(file), path)),
  }));
});

const say = ({ from, to }: { from: string; to: string }) => `${from} imports ${to}`;
const top = (path: string) => path.split('/')[0] ?? '';
const room = (path: string) => path.split('/')[1] ?? '';

describe('the floors', () => {
  it('reads the imports of the whole product', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(imports.length).toBeGreaterThan(files.length);
  });

  it.each(Object.entries(closed))('%s imports nothing from above it', (from, never) => {
    const wrong = imports.filter((one) => top(one.from) === from && never.includes(top(one.to)));
    expect(wrong.map(say)).toEqual([]);
  });

  it('has every room of shared/ on its floor, and no file beside them', () => {
    const names = readdirSync(join(root, 'shared'));
    expect(names.sort()).toEqual([...rooms].sort());
  });

  it('lets no import in shared/ run upwards', () => {
    const within = imports.filter(({ from, to }) => top(from) === 'shared' && top(to) === 'shared');
    const up = within.filter(({ from, to }) => rooms.indexOf(room(to)) > rooms.indexOf(room(from)));
    expect(up.map(say)).toEqual([]);
  });

  it('keeps every folder small enough to be read at a glance', () => {
    const sizes = Map.groupBy(files, posix.dirname);
    const large = [...sizes].filter(([, list]) => list.length > 20).map(([folder]) => folder);
    expect(large).toEqual([]);
  });
});
