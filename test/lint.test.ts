import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'lint-'));

/** Lines that ask for the clock, for randomness, for a timer or for the environment themselves. */
const forbidden = [
  'export const a = Date.now();',
  'export const b = Date.now;',
  'export const c = new Date();',
  'export const d = Math.random();',
  'export const e = [1].map(Math.random);',
  'setTimeout(() => {}, 1);',
  'export const f = setInterval;',
  'globalThis.setTimeout(() => {}, 1);',
  'export const g = process.env.HOME;',
  'export const { env } = process;',
  'export const h = performance.now();',
  "export { randomUUID } from 'node:crypto';",
  "export { setTimeout } from 'node:timers/promises';",
];
const allowed = [
  'export const i = (time: number) => new Date(time);',
  "export const j = Date.parse('2026-10-02T17:00:00Z');",
  'export const k = (now: () => Date) => now().getTime();',
  "export { createHash } from 'node:crypto';",
];

/** The product's own linter configuration over sources of our choice; the files and lines that it refuses. */
async function refusals(sources: Record<string, string[]>): Promise<string[]> {
  for (const [path, lines] of Object.entries(sources)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join('\n')}\n`);
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const options = ['lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.'];
  const { stdout } = await promisify(execFile)(process.execPath, [biome, ...options], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  const errors = [...stdout.matchAll(/^::error .*file=([^,]+),line=(\d+)/gm)];
  return errors.map(([, file = '', line]) => `${file.replace(`${folder}/`, '')}:${line}`);
}

describe('the rule that clock, randomness, timers and environment come in as arguments', () => {
  let refused: string[];
  beforeAll(async () => {
    for (const path of ['biome.json', 'lint'])
      cpSync(join(root, path), join(folder, path), { recursive: true });
    refused = await refusals({
      'shared/core.ts': forbidden,
      'functions/step.ts': forbidden,
      'shared/fine.ts': allowed,
      'shared/lambda/step.ts': forbidden,
      'shared/aws/clients.ts': forbidden,
      'sandbox/clock.ts': forbidden,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['shared/core.ts', 'functions/step.ts'])(
    'refuses in %s each line that asks for them itself',
    (file) => {
      const lines = refused.filter((line) => line.startsWith(`${file}:`));
      expect([...new Set(lines)].sort()).toEqual(forbidden.map((_, index) => `${file}:${index + 1}`).sort());
    },
  );

  it('lets pass what only computes with a given time', () => {
    expect(refused.filter((line) => line.startsWith('shared/fine.ts'))).toEqual([]);
  });

  it('leaves alone the edges, where the real ones are taken, and the sandbox', () => {
    expect(refused.filter((line) => /^(shared\/(lambda|aws\/clients)|local\/clock)\.ts/.test(line))).toEqual(
      [],
    );
  });
});
