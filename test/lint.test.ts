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

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are templates in the sources that are checked
/** Lines that make markup by hand, or put text where escaping does not help. */
const markup = [
  'export const a = (x: string) => `<p>${x}</p>`;',
  "export const b = '<p>text</p>';",
  "export const c = (x: string) => '<b>' + x;",
  "export const d = (x: string) => x + '</b>';",
  "export const e = (x: string) => x.replaceAll('<', '&lt;');",
  'export const f = (x: string) => html`<p>${x && `<b>${x}</b>`}</p>`;',
  'export const g = (x: string) => other`<p>${x}</p>`;',
  "export const h = '<!doctype html>';",
  'export const i = (x: string) => `<${x}>`;',
  'export const j = (x: string) => html`<p title=${x}>`;',
  'export const k = (x: string) => html`<${x}>`;',
  'export const l = (x: string) => html`</${x}>`;',
  'export const m = (x: string) => html`<script>const x = "${x}"</script>`;',
  'export const n = (x: string) => html`<p onclick="${x}">`;',
];
const templates = [
  'export const a = (x: string) => html`<p title="${x}">${x}</p>`;',
  'export const b = (x: string) => html`<p${x ? html` title="${x}"` : \'\'}>${[html`<b>${x}</b>`]}</p>`;',
  'export const c = (x: number, y: number) => `${x} < ${y}, ${x} <= ${y} & more; <- ->`;',
  "export const d = ['R&D', '&', '<', '< 5', 'Map<3'];",
  'export const e = (x: number, y: number) => x <y && y > x;',
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they end here

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
    'shared/approval/page.ts': markup,
    'local/console/page.ts': markup,
    'tools/fine.ts': templates,
    'sandbox/aws/protocols/form.ts': markup,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The refused lines of a file, each once. */
const refusedIn = (file: string) =>
  [...new Set(refused.filter((line) => line.startsWith(`${file}:`)))].sort();
const eachLine = (file: string, lines: string[]) => lines.map((_, index) => `${file}:${index + 1}`).sort();

describe('the rule that clock, randomness, timers and environment come in as arguments', () => {
  it.each(['shared/core.ts', 'functions/step.ts'])(
    'refuses in %s each line that asks for them itself',
    (file) => {
      expect(refusedIn(file)).toEqual(eachLine(file, forbidden));
    },
  );

  it('lets pass what only computes with a given time', () => {
    expect(refusedIn('shared/fine.ts')).toEqual([]);
  });

  it.each(['shared/lambda/step.ts', 'shared/aws/clients.ts', 'sandbox/clock.ts'])(
    'leaves %s alone: an edge, where the real ones are taken, or the sandbox',
    (file) => {
      expect(refusedIn(file)).toEqual([]);
    },
  );
});

describe('the rule that only the tag html makes markup', () => {
  it.each(['shared/approval/page.ts', 'local/console/page.ts'])(
    'refuses in %s each line that makes it by hand, or puts text where escaping does not help',
    (file) => {
      expect(refusedIn(file)).toEqual(eachLine(file, markup));
    },
  );

  it('lets pass templates of the tag, and signs that are no markup', () => {
    expect(refusedIn('tools/fine.ts')).toEqual([]);
  });

  it('leaves alone the AWS of the sandbox, which answers in XML', () => {
    expect(refusedIn('sandbox/aws/protocols/form.ts')).toEqual([]);
  });
});
