import { exitOf, leavesLeft, type Route, type Tracks } from './routes.ts';
import type { Cell } from './rows.ts';

/** Rows, lanes and tracks in pixels. */
export interface Grid {
  width: number;
  height: number;
  /** Left edge of the boxes of a lane, and upper edge of those of a row. */
  left(lane: number): number;
  top(row: number): number;
  middle(cell: Cell): number;
  center(cell: Cell): number;
  bottom(cell: Cell): number;
  /** Height of a track in the gap under a row. */
  gapY(row: number, track: number): number;
  /** Place of a track in the gutter left of a lane. */
  gutterX(lane: number, track: number): number;
  /** The track of a lane's gutter that is farthest to the left. */
  outermost(lane: number): number;
  /** Where a line that leaves sideways starts: beside the middle, the later ones farther out. */
  exitX(route: Route): number;
}

export const boxWidth = 176;
export const boxHeight = 38;
const trackHeight = 13;
const trackWidth = 8;
const margin = 12;
/** Width of a character of a label, on average. */
const characterWidth = 5.6;
/** Where the first line beside the middle starts, and how far the last one may be from it: choices have slanted ends. */
const firstExit = 18;
const lastExit = boxWidth / 2 - 16;
const exitWidth = 13;
const smallestGap = 26;
const smallestGutter = 18;

/** Makes room for every track. */
export function gridOf(cells: readonly Cell[], routes: readonly Route[], { gaps, gutters }: Tracks): Grid {
  const rows = Math.max(...cells.map(({ row }) => row)) + 1;
  const lanes = Math.max(...cells.map(({ lane }) => lane)) + 1;
  const gapHeight = (row: number) => Math.max(smallestGap, 16 + (gaps.get(row)?.length ?? 0) * trackHeight);
  const gutterWidth = (lane: number) =>
    Math.max(smallestGutter, 16 + (gutters.get(lane)?.length ?? 0) * trackWidth);
  const tops = offsets(rows, margin, (row) => boxHeight + gapHeight(row));
  const firstLeft = margin + labelRoom(routes) + gutterWidth(0);
  const lefts = offsets(lanes, firstLeft, (lane) => boxWidth + gutterWidth(lane + 1));
  const top = (row: number) => tops[row] ?? 0;
  const left = (lane: number) => lefts[lane] ?? 0;
  const middle = ({ lane }: Cell) => left(lane) + boxWidth / 2;
  const exits = Map.groupBy(routes, exitOf);
  /** From the middle; those on the left stay as far from it as they can, because the straight line has its label there. */
  const offset = (route: Route) => {
    const last = Math.max(...(exits.get(exitOf(route)) ?? []).map(({ order }) => order));
    const spacing = last > 0 ? Math.min(exitWidth, (lastExit - firstExit) / last) : exitWidth;
    return leavesLeft(route) ? (last - route.order) * spacing - lastExit : firstExit + route.order * spacing;
  };
  const gutterX = (lane: number, track: number) => left(lane) - 10 - track * trackWidth;
  return {
    width: left(lanes - 1) + boxWidth + gutterWidth(lanes) + margin,
    height: top(rows - 1) + boxHeight + margin,
    left,
    top,
    middle,
    center: ({ row }) => top(row) + boxHeight / 2,
    bottom: ({ row }) => top(row) + boxHeight,
    gapY: (row, track) => top(row) + boxHeight + gapHeight(row) - 12 - track * trackHeight,
    gutterX,
    outermost: (lane) => gutterX(lane, (gutters.get(lane)?.length ?? 1) - 1),
    exitX: (route) => middle(route.from) + offset(route),
  };
}

/** Room for the labels of lines in the leftmost gutter, which stand outside. */
function labelRoom(routes: readonly Route[]): number {
  const outside = routes.filter(({ shape }) => 'gutter' in shape && shape.gutter === 0);
  return Math.ceil(Math.max(0, ...outside.map(({ line }) => line.label.length)) * characterWidth);
}

/** Running sums: where each of `count` things starts. */
function offsets(count: number, start: number, size: (i: number) => number): number[] {
  const starts = [start];
  for (let i = 0; i < count - 1; i += 1) starts.push((starts[i] ?? 0) + size(i));
  return starts;
}
