import { leavesLeft, type Route, type Tracks } from './routes.ts';
import type { Cell } from './rows.ts';

export interface Point {
  x: number;
  y: number;
}

/** Cells and tracks in pixels. */
export interface Geometry {
  width: number;
  height: number;
  boxWidth: number;
  boxHeight: number;
  /** Upper left corner of a state's box. */
  box(name: string): Point;
  /** The corners of a line, from box to box. */
  way(route: Route): Point[];
  /** Where the label of a line stands. */
  label(route: Route): Point & { anchor: 'start' | 'end' };
}

const boxWidth = 176;
const boxHeight = 38;
const trackHeight = 13;
const trackWidth = 8;
const margin = 12;
/** Width of a character of a label, on average. */
const characterWidth = 5.6;
const smallestGap = 26;
const smallestGutter = 18;

/** Makes room for every track, then tells where things are. */
export function geometryOf(
  cells: ReadonlyMap<string, Cell>,
  routes: readonly Route[],
  { gaps, gutters }: Tracks,
): Geometry {
  const rows = Math.max(...[...cells.values()].map(({ row }) => row)) + 1;
  const lanes = Math.max(...[...cells.values()].map(({ lane }) => lane)) + 1;
  const gapHeight = (row: number) => Math.max(smallestGap, 16 + (gaps.get(row)?.length ?? 0) * trackHeight);
  const gutterWidth = (lane: number) =>
    Math.max(smallestGutter, 16 + (gutters.get(lane)?.length ?? 0) * trackWidth);
  const outside = routes.filter(({ shape }) => 'gutter' in shape && shape.gutter === 0);
  const labelRoom = Math.ceil(Math.max(0, ...outside.map(({ line }) => line.label.length)) * characterWidth);
  const sideways = routes.filter(({ shape }) => shape.kind !== 'straight');
  /** Boxes that lines leave to the left only: there the label of the straight line stands at its right. */
  const leftOnly = new Set(sideways.filter(leavesLeft).map(({ line }) => line.from));
  for (const route of sideways) if (!leavesLeft(route)) leftOnly.delete(route.line.from);
  const tops = offsets(rows, margin, (row) => boxHeight + gapHeight(row));
  const lefts = offsets(
    lanes,
    margin + labelRoom + gutterWidth(0),
    (lane) => boxWidth + gutterWidth(lane + 1),
  );
  const top = (row: number) => tops[row] ?? 0;
  const left = (lane: number) => lefts[lane] ?? 0;
  const middle = ({ lane }: Cell) => left(lane) + boxWidth / 2;
  const center = ({ row }: Cell) => top(row) + boxHeight / 2;
  const bottom = ({ row }: Cell) => top(row) + boxHeight;
  const gapY = (row: number, track: number) =>
    top(row) + boxHeight + gapHeight(row) - 12 - track * trackHeight;
  const gutterX = (lane: number, track: number) => left(lane) - 10 - track * trackWidth;

  /** Lines that leave sideways start beside the middle, the later ones farther out, on a track farther up. */
  const exitX = (route: Route) => middle(route.from) + (leavesLeft(route) ? -1 : 1) * (18 + route.order * 13);

  function way(route: Route): Point[] {
    const { from, to, shape } = route;
    const end = { x: middle(to), y: top(to.row) };
    if (shape.kind === 'straight') return [{ x: middle(from), y: bottom(from) }, end];
    if (shape.kind === 'loop') return loop(route, shape);
    const x = exitX(route);
    const exit = gapY(from.row, shape.exit);
    const start = [
      { x, y: bottom(from) },
      { x, y: exit },
    ];
    if (shape.kind === 'gap') return [...start, { x: end.x, y: exit }, end];
    const gutter = gutterX(shape.gutter, shape.track);
    const entry = gapY(to.row - 1, shape.entry);
    return [...start, { x: gutter, y: exit }, { x: gutter, y: entry }, { x: end.x, y: entry }, end];
  }

  function loop(route: Route, { gutter, track, exit }: Extract<Route['shape'], { kind: 'loop' }>): Point[] {
    const { from, to } = route;
    const x = gutterX(gutter, track);
    const side = gutter > to.lane ? left(to.lane) + boxWidth : left(to.lane);
    const end = [
      { x, y: center(to) },
      { x: side, y: center(to) },
    ];
    if (exit !== undefined) {
      const out = exitX(route);
      const y = gapY(from.row, exit);
      return [{ x: out, y: bottom(from) }, { x: out, y }, { x, y }, ...end];
    }
    const start = gutter > from.lane ? left(from.lane) + boxWidth : left(from.lane);
    return [{ x: start, y: center(from) }, { x, y: center(from) }, ...end];
  }

  function label(route: Route): Point & { anchor: 'start' | 'end' } {
    const [first = { x: 0, y: 0 }, second = first, third = second] = way(route);
    if (route.shape.kind === 'straight') {
      const atRight = leftOnly.has(route.line.from);
      return { x: second.x + (atRight ? 5 : -5), y: first.y + 12, anchor: atRight ? 'start' : 'end' };
    }
    if (second.y === first.y) {
      const outermost = gutterX(route.to.lane, (gutters.get(route.to.lane)?.length ?? 1) - 1);
      const x = route.to.lane === route.from.lane ? outermost : second.x;
      return { x: x - 4, y: second.y - 4 + Math.min(route.order, 1) * 16, anchor: 'end' };
    }
    if (third.x >= second.x) return { x: second.x + 6, y: second.y - 3, anchor: 'start' };
    if (route.shape.kind === 'gutter') return { x: third.x - 4, y: third.y + 14, anchor: 'end' };
    // To the left the label of the straight line comes first.
    const x = Math.min(second.x, middle(route.from) - 58) - 6;
    return { x, y: second.y - 3, anchor: 'end' };
  }

  return {
    width: left(lanes - 1) + boxWidth + gutterWidth(lanes) + margin,
    height: top(rows - 1) + boxHeight + margin,
    boxWidth,
    boxHeight,
    box: (name) => {
      const { row, lane } = cells.get(name) ?? { row: 0, lane: 0 };
      return { x: left(lane), y: top(row) };
    },
    way,
    label,
  };
}

/** Running sums: where each of `count` things starts. */
function offsets(count: number, start: number, size: (i: number) => number): number[] {
  const starts = [start];
  for (let i = 0; i < count - 1; i += 1) starts.push((starts[i] ?? 0) + size(i));
  return starts;
}
