import { boxHeight, boxWidth, type Grid, gridOf } from './grid.ts';
import { leavesLeft, type Route, type Tracks } from './routes.ts';
import type { Cell } from './rows.ts';

export interface Point {
  x: number;
  y: number;
}

/** Where a label stands, and which of its ends stands there. */
type Anchored = Point & { anchor: 'start' | 'end' };

/** Boxes, lines and labels in pixels. */
export interface Geometry {
  width: number;
  height: number;
  boxWidth: number;
  boxHeight: number;
  /** Upper left corner of a state's box. */
  box(name: string): Point;
  /** The corners of a line, from box to box. */
  way(route: Route): Point[];
  label(route: Route): Anchored;
}

/** Makes room for every track, then tells where things are. */
export function geometryOf(
  cells: ReadonlyMap<string, Cell>,
  routes: readonly Route[],
  tracks: Tracks,
): Geometry {
  const grid = gridOf([...cells.values()], routes, tracks);
  const leftOnly = boxesLeftOnly(routes);
  return {
    width: grid.width,
    height: grid.height,
    boxWidth,
    boxHeight,
    box: (name) => {
      const { row, lane } = cells.get(name) ?? { row: 0, lane: 0 };
      return { x: grid.left(lane), y: grid.top(row) };
    },
    way: (route) => wayOf(route, grid),
    label: (route) =>
      route.shape.kind === 'straight'
        ? straightLabel(route, leftOnly.has(route.line.from), grid)
        : sidewaysLabel(route, grid),
  };
}

/** Boxes that lines leave to the left only: there the label of the straight line stands at its right. */
function boxesLeftOnly(routes: readonly Route[]): ReadonlySet<string> {
  const sideways = routes.filter(({ shape }) => shape.kind !== 'straight');
  const leftOnly = new Set(sideways.filter(leavesLeft).map(({ line }) => line.from));
  for (const route of sideways) if (!leavesLeft(route)) leftOnly.delete(route.line.from);
  return leftOnly;
}

function wayOf(route: Route, grid: Grid): Point[] {
  const { from, to, shape } = route;
  const end = { x: grid.middle(to), y: grid.top(to.row) };
  if (shape.kind === 'straight') return [{ x: grid.middle(from), y: grid.bottom(from) }, end];
  if (shape.kind === 'loop') return loopOf(route, shape, grid);
  const x = grid.exitX(route);
  const exit = grid.gapY(from.row, shape.exit);
  const start = [
    { x, y: grid.bottom(from) },
    { x, y: exit },
  ];
  if (shape.kind === 'gap') return [...start, { x: end.x, y: exit }, end];
  const gutter = grid.gutterX(shape.gutter, shape.track);
  const entry = grid.gapY(to.row - 1, shape.entry);
  return [...start, { x: gutter, y: exit }, { x: gutter, y: entry }, { x: end.x, y: entry }, end];
}

type Loop = Extract<Route['shape'], { kind: 'loop' }>;

function loopOf(route: Route, { gutter, track, exit }: Loop, grid: Grid): Point[] {
  const { from, to } = route;
  const x = grid.gutterX(gutter, track);
  const sideOf = ({ lane }: Cell) => grid.left(lane) + (gutter > lane ? boxWidth : 0);
  const end = [
    { x, y: grid.center(to) },
    { x: sideOf(to), y: grid.center(to) },
  ];
  if (exit === undefined)
    return [{ x: sideOf(from), y: grid.center(from) }, { x, y: grid.center(from) }, ...end];
  const out = grid.exitX(route);
  const y = grid.gapY(from.row, exit);
  return [{ x: out, y: grid.bottom(from) }, { x: out, y }, { x, y }, ...end];
}

function straightLabel({ from, to }: Route, atRight: boolean, grid: Grid): Anchored {
  const x = grid.middle(to) + (atRight ? 5 : -5);
  return { x, y: grid.bottom(from) + 12, anchor: atRight ? 'start' : 'end' };
}

function sidewaysLabel(route: Route, grid: Grid): Anchored {
  const [first = { x: 0, y: 0 }, second = first, third = second] = wayOf(route, grid);
  if (second.y === first.y) {
    const x = route.to.lane === route.from.lane ? grid.outermost(route.to.lane) : second.x;
    return { x: x - 4, y: second.y - 4 + route.order * 16, anchor: 'end' };
  }
  const rightwards = third.x >= second.x;
  if (!rightwards && route.shape.kind === 'gutter') return { x: third.x - 4, y: third.y + 14, anchor: 'end' };
  // To the left the label of the straight line comes first.
  const x = rightwards ? second.x + 6 : Math.min(second.x, grid.middle(route.from) - 58) - 6;
  return { x, y: second.y - 3, anchor: rightwards ? 'start' : 'end' };
}
