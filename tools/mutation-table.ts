import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from '../shared/core/schema.ts';
import { git, type Measured, measuredNow, partOf, root, writePart } from './marked.ts';

/** Files below this are named, each with why it is not higher. Percent. */
export const named = 95;

/** What `npm run test:mutation` leaves in out/mutation. Source: mutation-testing-report-schema. */
const Report = v.object({
  config: v.object({ mutate: v.array(v.string()) }),
  files: v.record(
    v.string(),
    v.object({ source: v.string(), mutants: v.array(v.object({ status: v.string() })) }),
  ),
});
type Report = v.InferOutput<typeof Report>;

interface Score {
  name: string;
  files: number;
  mutants: number;
  found: number;
}

const count = (file: Report['files'][string], ...statuses: string[]) =>
  file.mutants.filter(({ status }) => statuses.includes(status)).length;

function scoreOf(name: string, files: readonly Report['files'][string][]): Score {
  const found = files.reduce((sum, file) => sum + count(file, 'Killed', 'Timeout'), 0);
  const missed = files.reduce((sum, file) => sum + count(file, 'Survived', 'NoCoverage'), 0);
  return { name, files: files.length, mutants: found + missed, found };
}

const number = (value: number) => value.toLocaleString('en-US');
const share = ({ found, mutants }: Score) => (mutants === 0 ? 100 : (100 * found) / mutants);
const percent = (score: Score) => `${share(score).toFixed(1)} %`;

/** What is measured, by room of shared/, and the files below the limit with what the page says of them so far. Pure. */
export function scoresText(report: Report, { date, commit }: Measured, before: string): string {
  const entries = Object.entries(report.files);
  const rooms = Object.entries(Object.groupBy(entries, ([file]) => file.split('/')[1] ?? ''))
    .map(([room, of = []]) =>
      scoreOf(
        room,
        of.map(([, file]) => file),
      ),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const all = scoreOf(
    'all',
    entries.map(([, file]) => file),
  );
  const low = entries
    .map(([name, file]) => scoreOf(name, [file]))
    .filter((score) => share(score) < named)
    .toSorted((a, b) => share(a) - share(b));
  const row = (label: string, score: Score) =>
    `| ${label} | ${score.files} | ${number(score.mutants)} | ${number(score.found)} | **${percent(score)}** |`;
  const left = entries.reduce((sum, [, file]) => sum + count(file, 'Ignored'), 0);
  const late = entries.reduce((sum, [, file]) => sum + count(file, 'Timeout'), 0);
  return [
    `Measured on ${date}, commit ${commit}:`,
    '',
    '| Room | Files | Mutants | Found | Score |',
    '|---|---|---|---|---|',
    ...rooms.map((room) => row(`\`shared/${room.name}/\``, room)),
    row('all of `shared/`', all),
    '',
    `${number(left)} mutants are left out, because they act only while a module is loaded. Found by a time-out, as such a`,
    `mutant loops without end: ${number(late)}.`,
    '',
    `Files below ${named} %:`,
    '',
    '| File | Found | Score | Why |',
    '|---|---|---|---|',
    ...low.map(
      (one) =>
        `| \`${one.name}\` | ${one.found} of ${one.mutants} | ${percent(one)} | ${whyOf(one.name, before)} |`,
    ),
  ].join('\n');
}

/** What a person wrote about a file. */
const whyOf = (file: string, before: string): string =>
  before
    .split('\n')
    .find((line) => line.startsWith(`| \`${file}\` |`))
    ?.split(' | ')
    .at(-1)
    ?.replace(/ \|$/, '') ?? 'not explained yet';

/** The part of the page that is written by the command. */
export const scoresOn = (text: string): string => partOf(text, 'scores');

/** Says why a report is none of the present commit; undefined where it is. */
function whyNotOurs({ config, files }: Report): string | undefined {
  if (config.mutate.join() !== 'shared/**/*.ts')
    return 'the report is of some files only: run npm run test:mutation';
  // What is measured, and the tests that measure it.
  if (git('status', '--porcelain', '--', 'shared', 'test/shared', 'test/functions') !== '')
    return 'shared/ or its tests are not committed';
  const other = Object.entries(files).find(
    ([file, { source }]) => readFileSync(join(root, file), 'utf8') !== source,
  );
  return other && `${other[0]} is not as it was measured: run npm run test:mutation again`;
}

// Called as a command it writes docs/mutation-testing.md; imported it only makes the text.
if (import.meta.main) {
  const report = parse(
    Report,
    JSON.parse(readFileSync(join(root, 'out', 'mutation', 'report.json'), 'utf8')),
  );
  const fault = whyNotOurs(report);
  if (fault) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  } else writePart('mutation-testing.md', 'scores', (before) => scoresText(report, measuredNow(), before));
}
