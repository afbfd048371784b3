import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from '../shared/core/schema.ts';
import { git, type Measured, measuredNow, root, writePart } from './marked.ts';

/** What `npm run chaos -- --mutations --json` prints. */
const Hunt = v.object({
  seed: v.number(),
  /** How many bugs there are. */
  bugs: v.number(),
  all: v.array(
    v.object({
      runs: v.number(),
      found: v.optional(v.unknown()),
      sound: v.array(v.unknown()),
      /** Cells of the table, the file in the third one. */
      row: v.array(v.string()),
    }),
  ),
});
type Hunt = v.InferOutput<typeof Hunt>;

/** The table of a whole hunt, for docs/planted-bugs.md. Pure. */
export function plantedBugsText({ seed, all }: Hunt, { date, commit }: Measured): string {
  const found = all.filter((one) => one.found !== undefined);
  const slowest = Math.max(...found.map(({ runs }) => runs));
  const unsound = all.filter(({ sound }) => sound.length > 0);
  const rows = all.map(
    ({ row }) => `| ${row.map((cell, place) => (place === 2 ? `\`${cell}\`` : cell)).join(' | ')} |`,
  );
  return [
    `Measured on ${date}, commit ${commit}, from seed ${seed} on: ${found.length} of ${all.length} bugs found, the slowest after`,
    `${slowest} incidents; the sound code violates something in ${unsound.length === 0 ? 'none' : unsound.length} of those incidents.`,
    '',
    '| What goes wrong | Planted bug | File | Incidents | Found by | Seed | Every incident holds |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Says why a hunt is none of the present bugs and code; undefined where it is. */
function whyNotOurs({ bugs, all }: Hunt): string | undefined {
  const measured = ['chaos', 'sandbox', 'shared', 'functions', 'statemachines', 'config'];
  if (git('status', '--porcelain', '--', ...measured) !== '') return `not committed: ${measured.join(', ')}`;
  return all.length === bugs
    ? undefined
    : `${all.length} of ${bugs} bugs were hunted: run npm run chaos -- --mutations --json without --only`;
}

// Called as a command it writes docs/planted-bugs.md; imported it only makes the text.
if (import.meta.main) {
  const hunt = parse(Hunt, JSON.parse(readFileSync(join(root, 'out', 'planted-bugs.json'), 'utf8')));
  const fault = whyNotOurs(hunt);
  if (fault) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  } else writePart('planted-bugs.md', 'table', () => plantedBugsText(hunt, measuredNow()));
}
