import { textTable } from '../../shared/format/text.ts';
import { checkers } from '../checkers/all.ts';
import { reachTable } from '../record/reach-table.ts';
import type { Summary } from './summary.ts';

const steps = 3;

/** The report of a number of plays, for people. */
export function reportOf(summary: Summary, seed: number, seconds: number): string {
  const { runs, executions, writes, trace, violations } = summary;
  const failing = new Set(violations.map((one) => one.seed));
  return [
    `${runs} runs from seed ${seed}: ${executions} executions, ${writes} writes, ${(runs / seconds).toFixed(1)} runs per second, trace ${trace}`,
    '',
    textTable([
      ['invariant', 'checks', 'runs with something to check', 'violated in'],
      ...invariantRows(summary),
    ]),
    '',
    textTable(reachTable(summary.reach)),
    '',
    textTable([['fault', 'met', 'steps', 'most often at'], ...reachRows(summary)]),
    '',
    failing.size === 0
      ? '0 violations'
      : `${failing.size} failing runs; npm run chaos -- --replay ${[...failing][0]} tells the story of the first`,
  ].join('\n');
}

function invariantRows({ live, violations }: Summary): string[][] {
  return checkers.map(({ name }) => {
    const { checks, plays } = live[name] ?? { checks: 0, plays: 0 };
    const seeds = violations.filter(({ invariant }) => invariant === name);
    return [name, String(checks), String(plays), seeds.length === 0 ? '' : `${seeds.length} runs`];
  });
}

function reachRows({ reach }: Summary): string[][] {
  const total = (met: Record<string, number>) => Object.values(met).reduce((sum, count) => sum + count, 0);
  return Object.entries(reach)
    .toSorted(([, a], [, b]) => total(b) - total(a))
    .map(([fault, met]) => {
      const often = Object.entries(met).toSorted(([, a], [, b]) => b - a);
      const places = often.slice(0, steps).map(([step, count]) => `${step} (${count})`);
      return [fault, String(total(met)), String(often.length), places.join(', ')];
    });
}
