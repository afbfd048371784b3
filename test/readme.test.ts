import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { simulate } from '../local/simulate.ts';
import { start } from '../local/start.ts';
import { status } from '../local/status.ts';
import { call, type Ended } from './local/command.ts';
import { blocksOf, read, section, tableRows } from './support/markdown.ts';

/** The README's commands do what it says. Those that need time, a network or AWS are held by other tests. */
const readme = read('README.md');
const lines = blocksOf(readme)
  .filter(({ info }) => info === 'sh')
  .flatMap((block) => block.lines);
const elsewhere = [
  'npm ci && npm start', // a test of its own plays it as a child process
  'npm ci && npm test', // this
  'npm run init -- --cluster CLUSTER --service SERVICE', // test/local/init
  'npm run package -- --stage staging', // the test of the package
  'npx osls deploy --stage staging', // AWS
];

const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

interface Example {
  command: string;
  code: number;
  outcome: string | undefined;
}

const examples = lines
  .filter((line) => !elsewhere.includes(line))
  .map((line): Example => {
    const [, command = '', code = '', outcome] = /^(.*?)\s+# exit (\d)(?:: ([a-z-]+))?$/.exec(line) ?? [];
    return { command, code: Number(code), outcome };
  });

const commands = new Map(Object.entries({ simulate, start, status }));
const ended = new Map<string, Promise<Ended>>();

/** What `npm run SCRIPT -- ARGUMENTS` writes and ends with, in this process; the same command runs once. */
function run(command: string): Promise<Ended> {
  const [, script = '', options = ''] = /^npm run (\w+)(?: -- (.*))?$/.exec(command) ?? [];
  const main = commands.get(script);
  if (!main) throw new Error(`${command}: not one of ${[...commands.keys()]}`);
  expect(scripts[script]).toBe(`node local/${script}.ts`);
  const known = ended.get(command) ?? call(main, ...options.split(' ').filter(Boolean));
  ended.set(command, known);
  return known;
}

/** Figures change when a threshold or a start time does; what is said about them does not. */
const withoutFigures = (line: string) =>
  line
    .replace(/\d[\d.,:]*/g, '#')
    .replace(/\s+/g, ' ')
    .trim();

describe('README', () => {
  it('says for every example how it ends', () => {
    expect(examples.length).toBeGreaterThan(5);
    for (const example of examples)
      expect(example).toMatchObject({ command: expect.stringMatching(/^npm run /) });
  });

  it.each(examples)(
    '$command ends with exit code $code, $outcome',
    async ({ command, code, outcome }) => {
      const { stdout, stderr, code: real } = await run(command);
      expect({ code: real, stderr: code === 2 ? '' : stderr }).toEqual({ code, stderr: '' });
      if (code === 2) {
        expect(stdout).toBe('');
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      } else if (outcome === undefined) {
        expect(stdout).not.toBe('');
      } else if (command.includes('--json')) {
        expect(JSON.parse(stdout).outcome).toBe(outcome);
      } else {
        expect(stdout).toContain(`\n${outcome.toUpperCase()}, exit code ${code}: `);
        expect(stdout.trimEnd().split('\n').at(-1)).toContain('Next: npm run ');
      }
    },
    60_000,
  );

  it('shows what a run really prints, with … for what it leaves out', async () => {
    const block = blocksOf(readme).find(({ info }) => info.startsWith('text npm run'));
    const { stdout } = await run(block?.info.slice('text '.length) ?? '');
    const printed = stdout.split('\n').map(withoutFigures);
    let from = 0;
    for (const line of block?.lines ?? []) {
      if (line === '…') continue;
      const at = printed.indexOf(withoutFigures(line), from);
      expect({ line, printed: at >= 0 }).toEqual({ line, printed: true });
      from = at + 1;
    }
  }, 60_000);

  it('lists every option, and no other', async () => {
    const told = [await run('npm run simulate -- --help'), await run('npm run start -- --help')];
    const help = told.flatMap(({ stdout }) => [...stdout.matchAll(/^ +(--[a-z-]+)/gm)]);
    const listed = tableRows(section(readme, '## Simulate')).flatMap(
      ([cell = '']) => cell.match(/--[a-z-]+/g) ?? [],
    );
    expect([...new Set(listed)].sort()).toEqual([...new Set(help.map(([, option = '']) => option))].sort());
  }, 60_000);
});
