import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { parseIncidentArguments } from '../../local/arguments.ts';
import { simulate } from '../../local/simulate.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import { call, run } from '../local/command.ts';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** A file with that content, for the command to read. */
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const header = 't_seconds,requests_per_second\n';
const rows = (...lines: string[]) => header + lines.join('\n');

describe('npm run simulate with bad input', () => {
  it.each<[string, string[], string[]]>([
    ['an unknown environment', ['--environment', 'prod'], ['--environment', '"prod"', 'production, staging']],
    ['an unknown scenario', ['--scenario', 'earthquake'], ['--scenario', '"earthquake"', 'traffic-spike']],
    ['an unknown service', ['--service', 'checkout'], ['--service', '"checkout"', 'buywhere-api']],
    ['a word of JavaScript', ['--service', 'constructor'], ['--service', '"constructor"', 'buywhere-api']],
    ['an unknown option', ['--sead', '1'], ['--sead', '--seed']],
    ['an unknown answer', ['--approve', 'maybe'], ['--approve', '"maybe"', 'yes, no, never']],
    ['a negative seed', ['--seed=-1'], ['--seed', '"-1"', 'whole number']],
    ['a fractional seed', ['--seed', '1.5'], ['--seed', '"1.5"', 'whole number']],
    [
      'two sources of traffic',
      ['--scenario', 'quiet', '--trace', 'x.csv'],
      ['--scenario, --trace', 'one of them'],
    ],
    [
      'a file that is not JSON',
      ['--event', file('broken.json', '{"environment": ')],
      ['--event', 'broken.json', 'not valid JSON'],
    ],
    ['a trace without rows', ['--trace', file('empty.csv', header)], ['--trace', '0 rows']],
    [
      'a trace without columns',
      ['--trace', file('columns.csv', 'time,rate\n0,1\n1,1')],
      ['--trace', 'header must be t_seconds,requests_per_second'],
    ],
    [
      'a trace with a gap',
      ['--trace', file('gap.csv', rows('0,10', '60,10', '180,10'))],
      ['row 4', 't_seconds', '120'],
    ],
    [
      'a trace with an empty cell',
      ['--trace', file('cell.csv', rows('0,10', '60,'))],
      ['row 3', 'requests_per_second'],
    ],
    [
      'a trace with NaN',
      ['--trace', file('nan.csv', rows('0,10', '60,NaN'))],
      ['row 3', 'requests_per_second', 'finite number'],
    ],
    [
      'a trace with negative traffic',
      ['--trace', file('negative.csv', rows('0,10', '60,-3'))],
      ['row 3', '"-3"'],
    ],
  ])('%s: one line that says what is allowed', (_, options, named) => {
    const attempt = () => parseIncidentArguments(options, 'yes');

    expect(attempt).toThrow(InvalidInputError);
    expect(attempt).toThrow(/^.+$/);
    for (const text of named) expect(attempt).toThrow(text);
  });

  it.each<[string, string[], string]>([
    ['an option', ['--scenario', 'earthquake'], '--scenario: "earthquake"'],
    ['a file', ['--event', file('cut.json', '{"environment": ')], 'not valid JSON'],
    ['a trace', ['--trace', file('hole.csv', rows('0,10', '60,10', '180,10'))], 'row 4'],
  ])('%s: exit code 2, that line on stderr, nothing on stdout', async (_, options, text) => {
    const { code, stdout, stderr } = await call(simulate, ...options, '--json');

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^.+\n$/);
    expect(stderr).toContain(text);
  });

  it('a missing file: the same, as a process', async () => {
    const command = run('simulate', '--event', join(folder, 'none.json'), '--json');
    const { code, stdout, stderr } = await command.done;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^.+no such file.*\n$/);
  });

  it.each<[string, unknown, string]>([
    ['an unknown environment', { environment: 'prod' }, 'environment: '],
    ['an unknown alert', { environment: 'production', alert: 'DiskFull' }, 'alert: must be one of'],
    [
      'a negative count',
      { environment: 'production', to: 'desired-count', desiredCount: -1 },
      'desiredCount: ',
    ],
  ])('an event with %s: exit code 2, a failed execution and nothing changed', async (_, input, message) => {
    const { code, stdout } = await call(
      simulate,
      '--event',
      file('rollback-x.json', JSON.stringify(input)),
      '--scenario',
      'quiet',
      '--json',
    );
    const report: unknown = JSON.parse(stdout);

    expect(code).toBe(2);
    expect(report).toMatchObject({
      outcome: 'failed',
      reasons: [expect.objectContaining({ text: expect.stringContaining(message) })],
      writes: [],
    });
  });
});

describe('npm run simulate', () => {
  it.each<[number, string, string[]]>([
    [0, 'restored', ['--environment', 'staging']],
    [0, 'planned', ['--dry-run']],
    [0, 'ignored', ['--scenario', 'quiet']],
    [3, 'rejected', ['--approve', 'no']],
    [4, 'expired', ['--approve', 'never']],
    [5, 'held', ['--scenario', 'tasks-cannot-start']],
  ])('ends with %i when it is %s: %j', async (expected, outcome, options) => {
    const { code, stdout } = await call(simulate, ...options, '--json');
    const report: unknown = JSON.parse(stdout);

    expect({ code, report }).toMatchObject({ code: expected, report: { outcome, seed: 1 } });
  });

  it('plays a trace', async () => {
    const rates = Array.from({ length: 20 }, (_, i) => `${i * 60},10`);
    const { code, stdout } = await call(simulate, '--trace', file('flat.csv', rows(...rates)), '--json');
    const report: unknown = JSON.parse(stdout);

    expect({ code, report }).toMatchObject({ code: 0, report: { outcome: 'ignored', play: 'flat.csv' } });
  });

  it('tells people the verdict and how to go on at the end, without colours off a terminal', async () => {
    const { code, stdout } = await run('simulate', '--approve', 'no').done;

    expect(code).toBe(3);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/\nREJECTED, exit code 3: .*\n( .*\n)+Next: npm run .*\n$/);
  });

  it('explains itself', async () => {
    const { code, stdout } = await call(simulate, '--help');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('--scenario') });
  });
});
