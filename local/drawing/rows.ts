import type { Graph, Line } from './graph.ts';

/** Where a box stands: rows go down with the flow, lanes to the right with what is off the main path. */
export interface Cell {
  row: number;
  lane: number;
}

/** A line that goes down, or back up as part of a loop. */
export interface DirectedLine extends Line {
  back: boolean;
}

/** Gives every box a cell: the longest path is lane 0, side paths fill the first lane that is free in their rows. */
export function cellsOf({ boxes, lines }: Graph): { cells: Map<string, Cell>; lines: DirectedLine[] } {
  const names = boxes.map(({ name }) => name);
  const directed = withBackLines(names, lines);
  const down = Map.groupBy(
    directed.filter(({ back }) => !back),
    ({ from }) => from,
  );
  const rows = longestFrom(names, down);
  const heights = heightsOf(names, down);
  const cells = new Map<string, Cell>();
  const taken = new Set<string>();
  for (const name of names.toSorted((a, b) => (rows.get(a) ?? 0) - (rows.get(b) ?? 0))) {
    if (cells.has(name)) continue;
    const chain = chainFrom(name, down, heights, (next) => !cells.has(next));
    const lane = freeLane(chain, rows, taken);
    for (const member of chain) {
      const row = rows.get(member) ?? 0;
      cells.set(member, { row, lane });
      taken.add(`${lane}:${row}`);
    }
  }
  return { cells, lines: directed };
}

/** Marks the lines that close a loop: those that lead to a box on the path that is being walked. */
function withBackLines(names: readonly string[], lines: readonly Line[]): DirectedLine[] {
  const leaving = Map.groupBy(lines, ({ from }) => from);
  const back = new Set<Line>();
  const done = new Set<string>();
  const walk = (name: string, path: ReadonlySet<string>): void => {
    const here = new Set([...path, name]);
    for (const line of leaving.get(name) ?? []) {
      if (here.has(line.to)) back.add(line);
      else if (!done.has(line.to)) walk(line.to, here);
    }
    done.add(name);
  };
  for (const name of names) if (!done.has(name)) walk(name, new Set());
  return lines.map((line) => ({ ...line, back: back.has(line) }));
}

type Down = Map<string, DirectedLine[]>;

/** The row of a box: the length of the longest way down to it. */
function longestFrom(names: readonly string[], down: Down): Map<string, number> {
  const rows = new Map(names.map((name) => [name, 0]));
  for (let pass = 0; pass < names.length; pass += 1) {
    for (const { from, to } of [...down.values()].flat()) {
      rows.set(to, Math.max(rows.get(to) ?? 0, (rows.get(from) ?? 0) + 1));
    }
  }
  return rows;
}

/** How long the longest way down from a box is. */
function heightsOf(names: readonly string[], down: Down): Map<string, number> {
  const heights = new Map<string, number>();
  const height = (name: string): number => {
    const known = heights.get(name);
    if (known !== undefined) return known;
    const value = Math.max(0, ...(down.get(name) ?? []).map(({ to }) => 1 + height(to)));
    heights.set(name, value);
    return value;
  };
  for (const name of names) height(name);
  return heights;
}

/** From a box on down, always to the free box with the longest way ahead. */
function chainFrom(
  start: string,
  down: Down,
  heights: ReadonlyMap<string, number>,
  isFree: (name: string) => boolean,
): string[] {
  const chain = [start];
  for (;;) {
    const targets = (down.get(chain.at(-1) ?? '') ?? []).map(({ to }) => to).filter(isFree);
    const next = targets.toSorted((a, b) => (heights.get(b) ?? 0) - (heights.get(a) ?? 0))[0];
    if (next === undefined) return chain;
    chain.push(next);
  }
}

function freeLane(
  chain: readonly string[],
  rows: ReadonlyMap<string, number>,
  taken: ReadonlySet<string>,
): number {
  const used = chain.map((name) => rows.get(name) ?? 0);
  const [first = 0, last = first] = [used[0], used.at(-1)];
  for (let lane = 0; ; lane += 1) {
    let free = true;
    for (let row = first; row <= last; row += 1) free &&= !taken.has(`${lane}:${row}`);
    if (free) return lane;
  }
}
