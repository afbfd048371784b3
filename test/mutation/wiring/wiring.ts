import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { failWith } from '../../../cli/fail-with.ts';
import { parseOptions, wholeNumber } from '../../../cli/options.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { packageStage, remove, root } from '../../support/packaged.ts';
import { equivalents } from './equivalents.ts';
import { type Area, areas, drawn, type Mutant, type Outcome } from './mutant.ts';
import { instrument } from './mutants/functions.ts';
import { planted } from './planted.ts';
import { measured, type Seat } from './pool.ts';
import { removeCopy, wholeCopy } from './project.ts';
import { type AreaReport, failuresOf, unknownKeys, type WiringReport } from './report.ts';

/** How many mutants of each area are drawn: about a quarter of an hour on two cores. Of functions all, which are quick. */
const counts: Record<Area, number> = { template: 300, roles: 300, machines: 150, functions: 10_000 };

const options = {
  seed: { type: 'string', default: '1' },
  workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
  area: { type: 'string', multiple: true },
  count: { type: 'string' },
  /** Only mutants whose name holds this text. */
  only: { type: 'string', default: '' },
} as const;

/** Plants faults in the wiring and says which the tests find; ends with 1 where they find too few. */
async function main(argv: readonly string[]): Promise<number> {
  const given = parseOptions(argv, { options });
  const seed = wholeNumber('--seed', given.seed, 1, 1_000_000);
  const workers = wholeNumber('--workers', given.workers, 1, 16);
  const count = given.count === undefined ? undefined : wholeNumber('--count', given.count, 0, 10_000);
  const { only } = given;
  const report: WiringReport = {};
  for (const area of (given.area ?? areas).map(areaOf)) {
    report[area] = await measure(area, { seed, workers, count: count ?? counts[area], only });
    keep(report);
  }
  const failures = failuresOf(report);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function areaOf(name: string): Area {
  const area = areas.find((one) => one === name);
  if (!area) throw new InvalidInputError(`--area: "${name}" is none of ${areas.join(', ')}`);
  return area;
}

/** Which mutants are drawn. */
interface Drawing {
  seed: number;
  workers: number;
  count: number;
  only: string;
}

async function measure(area: Area, { seed, workers, count, only }: Drawing): Promise<AreaReport> {
  const since = performance.now();
  const known = equivalents[area];
  const names = planted[area];
  const { seats, done } = await seatsFor(area, workers);
  try {
    const choose = (all: Mutant[]): Mutant[] => {
      const unknown = unknownKeys([...Object.keys(known), ...Object.keys(names)], all);
      if (unknown.length > 0) throw new Error(`${area}: no mutant is called ${unknown.join('; ')}`);
      const open = all.filter(({ key }) => key.includes(only) && !(key in known));
      const chosen = drawn(open, count, seed);
      return [...chosen, ...open.filter((one) => one.key in names && !chosen.includes(one))];
    };
    const { all, outcomes } = await measured(seats, choose, say);
    const byKey = new Map(outcomes.map((one) => [one.key, one]));
    const chosen = choose(all).slice(0, Math.min(count, all.length - Object.keys(known).length));
    return {
      commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
      seed,
      seconds: Math.round((performance.now() - since) / 1000),
      whole: only === '' && count >= counts[area],
      all: all.length,
      equivalent: Object.keys(known).length,
      drawn: chosen.flatMap(({ key }) => byKey.get(key) ?? []),
      planted: Object.entries(names).flatMap(([key, name]) => {
        const outcome = byKey.get(key);
        return outcome ? [{ ...outcome, name }] : [];
      }),
    };
  } finally {
    done();
  }
}

const say = ({ key, foundBy, milliseconds }: Outcome) =>
  process.stderr.write(
    `${foundBy === undefined ? 'SURVIVED' : 'found   '} ${(milliseconds / 1000).toFixed(1)} s  ${key}\n`,
  );

/** Where an area is measured: on one package, or each process in a copy of the project. */
async function seatsFor(area: Area, workers: number): Promise<{ seats: Seat[]; done: () => void }> {
  const each = Array.from({ length: workers });
  if (area === 'template' || area === 'roles') {
    const packaged = packageStage('production');
    const task = { area, folder: packaged.folder };
    return { seats: each.map(() => ({ project: root, task })), done: () => remove(packaged) };
  }
  const projects = each.map(() => wholeCopy());
  if (area === 'functions') for (const project of projects) await instrument(project);
  return {
    seats: projects.map((project) => ({ project, task: { area, folder: project } })),
    done: () => projects.forEach(removeCopy),
  };
}

/** Beside what other areas gave before. */
function keep(report: WiringReport): void {
  const file = join(root, 'out/mutation/wiring.json');
  mkdirSync(join(root, 'out/mutation'), { recursive: true });
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  writeFileSync(file, JSON.stringify({ ...Object(before), ...report }, null, 2));
}

process.exitCode = await main(process.argv.slice(2)).catch(failWith);
