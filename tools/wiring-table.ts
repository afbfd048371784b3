import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from '../shared/core/schema.ts';
import { git, root, writePart } from './marked.ts';

const Outcome = v.object({ key: v.string(), operator: v.string(), foundBy: v.optional(v.string()) });
const Area = v.object({
  commit: v.string(),
  seed: v.number(),
  seconds: v.number(),
  whole: v.boolean(),
  all: v.number(),
  equivalent: v.number(),
  drawn: v.array(Outcome),
  planted: v.array(v.object({ ...Outcome.entries, name: v.string() })),
});
/** What `npm run test:mutation -- wiring` leaves in out/mutation/wiring.json. */
const Report = v.record(v.string(), Area);
type Area = v.InferOutput<typeof Area>;

/** The areas, and what each is made of: another state of it would be another measurement. */
const areas: Record<string, [name: string, sources: string[]]> = {
  template: ['`serverless.yml`, `resources/`', ['serverless.yml', 'resources']],
  roles: ['roles in `iam/`, with the deploying role', ['iam']],
  machines: ['`statemachines/`', ['statemachines']],
  functions: ['`functions/`', ['functions']],
};

const number = (value: number) => value.toLocaleString('en-US');
const isTable = (test: string) => test.includes('as its table says');
const isBehaviour = (test: string) =>
  /^test\/(scenarios|functions|shared)\//.test(test) || test === 'time-out';

/** By area: who found how many of the mutants that were drawn, and each that nobody found; or that nothing is known. Pure. */
export function wiringText(report: Record<string, Area>): string {
  const measured = Object.entries(areas).flatMap(([area, [name]]) =>
    report[area] ? [{ name, ...report[area] }] : [],
  );
  const row = ({ name, all, drawn, equivalent, planted, commit }: Area & { name: string }) => {
    const found = drawn.flatMap(({ foundBy }) => foundBy ?? []);
    const behaviour = found.filter(isBehaviour).length;
    const table = found.filter(isTable).length;
    const score = drawn.length === 0 ? 100 : (100 * found.length) / drawn.length;
    const seen = planted.filter(({ foundBy }) => foundBy !== undefined).length;
    return `| ${name} | ${number(all)} | ${number(drawn.length)} | ${found.length - behaviour - table} | ${table} | ${behaviour} | **${score.toFixed(1)} %** | ${seen} of ${planted.length} | ${equivalent} | ${commit.slice(0, 7)} |`;
  };
  const missed = measured.flatMap(({ name, drawn }) =>
    drawn
      .filter(({ foundBy }) => foundBy === undefined)
      .map(({ key }) => `| ${name} | \`${key.replaceAll('|', '/')}\` |`),
  );
  return [
    '| Area | Mutants | Drawn | Found by a rule | By a table of steps | By what happens | Score | Planted by name | Equivalent | Commit |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...Object.entries(areas).map(([area, [name]]) =>
      report[area] ? row({ name, ...report[area] }) : `| ${name} | not measured as a whole yet |`,
    ),
    '',
    missed.length === 0 ? 'No drawn mutant survived.' : 'Survivors:',
    ...(missed.length === 0 ? [] : ['', '| Area | Mutant |', '|---|---|', ...missed]),
  ].join('\n');
}

/** Says why a report is none of the present code; undefined where it is. */
function whyNotOurs(report: Record<string, Area>): string | undefined {
  for (const [area, [, sources]] of Object.entries(areas)) {
    if (!report[area]) continue;
    const { commit, whole } = report[area];
    if (!whole) return `${area} is measured with fewer mutants than belong to it: run it without --count`;
    if (git('status', '--porcelain', '--', ...sources) !== '') return `not committed: ${sources.join(', ')}`;
    if (git('diff', '--name-only', commit, '--', ...sources) !== '')
      return `${area} has changed since it was measured: npm run test:mutation -- wiring --area ${area}`;
  }
  return undefined;
}

// Called as a command it writes docs/mutation-testing.md; imported it only makes the text.
if (import.meta.main) {
  const report = parse(
    Report,
    JSON.parse(readFileSync(join(root, 'out', 'mutation', 'wiring.json'), 'utf8')),
  );
  const fault = whyNotOurs(report);
  if (fault) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  } else writePart('mutation-testing.md', 'wiring', () => wiringText(report));
}
